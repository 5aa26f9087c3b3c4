import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { CLIENTS, type ClientAccess, clientSettings } from '../../src/cli/client-settings.ts'

const ACCESS: ClientAccess = {
  endpoint: 'https://s3.example.org:8484',
  region: 'fr-par',
  accessKey: 'SCW00000000000000000@7a1cfa6c-9f3b-4c89-8b5f-2f7a3f0f1f11',
  secretKey: '11111111-2222-4333-8444-555555555555',
}

describe('settings for', () => {
  it.each(CLIENTS)('%s hold endpoint, key and secret', (client) => {
    const text = clientSettings(client, ACCESS)
    expect(text).toContain(client === 's3cmd' ? 's3.example.org:8484' : ACCESS.endpoint)
    expect(text).toContain(ACCESS.accessKey)
    expect(text).toContain(ACCESS.secretKey)
  })

  it.each(['aws', 'mc', 'env', 's3fs', 'restic'] as const)('%s are shell commands', (client) => {
    execFileSync('bash', ['-n'], { input: clientSettings(client, ACCESS) })
  })

  it('env are what the SDKs read', () => {
    const script = `${clientSettings('env', ACCESS)}\nprintf '%s\\n' "$AWS_ENDPOINT_URL_S3" "$AWS_REGION" "$AWS_ACCESS_KEY_ID"`
    expect(execFileSync('bash', { input: script, encoding: 'utf8' }).trim().split('\n')).toEqual([
      ACCESS.endpoint,
      ACCESS.region,
      ACCESS.accessKey,
    ])
  })

  it('s3cmd use TLS where the endpoint does', () => {
    expect(clientSettings('s3cmd', ACCESS)).toContain('use_https = True')
    const plain = clientSettings('s3cmd', { ...ACCESS, endpoint: 'http://127.0.0.1:8484' })
    expect(plain).toContain('use_https = False')
  })

  it('boto3 are Python, where there is one', ({ skip }) => {
    try {
      execFileSync('python3', ['--version'])
    } catch {
      skip('python3 is not installed')
    }
    execFileSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], {
      input: clientSettings('boto3', ACCESS),
    })
  })
})
