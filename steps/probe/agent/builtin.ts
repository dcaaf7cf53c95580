/** Modules of Node, loaded where they are used: imported they cost some 25 ms of processor time, in every Pod. */

export const dgram = () => process.getBuiltinModule('node:dgram');
export const dns = () => process.getBuiltinModule('node:dns');
export const fs = () => process.getBuiltinModule('node:fs');
export const http = () => process.getBuiltinModule('node:http');
export const processes = () => process.getBuiltinModule('node:child_process');
export const os = () => process.getBuiltinModule('node:os');
export const crc32 = (data: Buffer, start = 0): number => process.getBuiltinModule('node:zlib').crc32(data, start);
