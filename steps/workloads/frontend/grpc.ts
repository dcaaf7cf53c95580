import { createServer, type Http2Server } from 'node:http2';
import { counted } from './counts.ts';

/**
 * netvet.Hello/Say of load/scripts/hello.proto, without TLS: one call with an empty message, answered with the name of
 * Pod and process. It is all of gRPC over HTTP/2 that one such call takes
 * (github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md): a message is a zero byte, its length in four bytes, and
 * protobuf, and the status comes in the trailers.
 */
export function grpcServer(process: string): Http2Server {
  const server = createServer();
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    const known = headers[':path'] === '/netvet.Hello/Say';
    const answered = counted(headers['x-netvet-load']);
    stream.resume();
    stream.on('end', () => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      // 12: UNIMPLEMENTED
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': known ? '0' : '12' }));
      if (known) stream.on('finish', answered);
      stream.end(known ? framed(answerOf(process)) : undefined);
    });
  });
  return server;
}

function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Field 1, a string (wire type 2). With a Pod's name that comes from a Deployment it is shorter than 128 bytes. */
function answerOf(process: string): Buffer {
  const name = Buffer.from(process).subarray(0, 127);
  return Buffer.concat([Buffer.from([(1 << 3) | 2, name.length]), name]);
}
