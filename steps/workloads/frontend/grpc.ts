import { createServer, type Http2Server } from 'node:http2';
import { counted } from './counts.ts';

/**
 * netvet.Hello/Say of load/scripts/hello.proto, without TLS: one call with an empty message, answered with the Pod's name. It is
 * all of gRPC over HTTP/2 that one such call takes (github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md): a message is a zero
 * byte, its length in four bytes, and protobuf, and the status comes in the trailers.
 */
export function grpcServer(pod: string): Http2Server {
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
      stream.end(known ? framed(answerOf(pod)) : undefined);
    });
  });
  return server;
}

function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Field 1, a string (wire type 2). A Pod's name is shorter than 128 bytes where it comes from a Deployment. */
function answerOf(pod: string): Buffer {
  const name = Buffer.from(pod).subarray(0, 127);
  return Buffer.concat([Buffer.from([(1 << 3) | 2, name.length]), name]);
}
