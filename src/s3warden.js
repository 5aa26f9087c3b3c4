#!/usr/bin/env node
/**
 * The `s3warden` executable. Plain JavaScript, so that a Node too old to read the rest can still say so.
 */
const REQUIRED_MAJOR = 24

if (Number.parseInt(process.versions.node, 10) < REQUIRED_MAJOR) {
  console.error(
    `s3warden needs Node ${REQUIRED_MAJOR} or newer, and this is ${process.version} (${process.execPath}).\n` +
      'In a checkout, start it through npm, which uses the Node that `npm ci` installed: `npm start` or `npm run -s s3warden -- …`.',
  )
  process.exit(1)
}

const { main } = await import('./cli/main.ts')
await main(process.argv.slice(2))
