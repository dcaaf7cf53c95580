#!/usr/bin/env node
// Plain JavaScript, so that an old Node gets as far as this sentence.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `netvet needs Node 24 and this is Node ${process.versions.node}. Start it through npm, which brings its own ` +
      'Node 24 ("npm start", "npm run netvet -- --help"), or install Node 24.',
  );
  process.exit(2);
}
const { enableCompileCache } = await import('node:module');
const { compileCache } = await import('./paths.ts');
// in the environment, so that the processes inside the namespaces and the threads of the suite have it too
process.env.NODE_COMPILE_CACHE ??= compileCache();
enableCompileCache(process.env.NODE_COMPILE_CACHE);
await import('./main.ts');
