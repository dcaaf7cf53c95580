import type Docker from 'dockerode';
export async function obstacles(_d: Docker, _o: unknown): Promise<string[]> { return []; }
