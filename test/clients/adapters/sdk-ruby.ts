/** The AWS SDK for Ruby 3, as Debian has it. */
import { resolve } from 'node:path'
import { type ClientAdapter, NO_TABLES, USUAL } from '../client.ts'
import { driven } from './driven.ts'

const RUBY = '/usr/bin/ruby'

export const sdkRuby: ClientAdapter = {
  name: 'AWS SDK for Ruby',
  needs: [RUBY, '/usr/lib/ruby/vendor_ruby/aws-sdk-s3.rb'],
  ...USUAL,
  open: async (access) => ({
    ...driven([RUBY, resolve('test/clients/adapters/ruby/drive.rb')], access),
    table: NO_TABLES,
  }),
}
