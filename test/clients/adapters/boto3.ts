/** boto3: Debian's, and the newest of PyPI. */
import { cached } from '../../support/cache.ts'
import { type ClientAdapter, NO_TABLES, USUAL } from '../client.ts'
import { driven, pythonDriver } from './driven.ts'

const adapter = (name: string, python: string, needs: string): ClientAdapter => ({
  name,
  needs: [python, needs],
  ...USUAL,
  open: async (access) => ({
    ...driven(pythonDriver(python, 'drive_boto3.py'), access, { AWS_CA_BUNDLE: access.authority }),
    table: NO_TABLES,
  }),
})

export const boto3Debian = adapter('boto3 1.26', '/usr/bin/python3', '/usr/lib/python3/dist-packages/boto3')
export const boto3Newest = adapter('boto3 newest', cached('venv/bin/python'), cached('venv/bin/aws'))
