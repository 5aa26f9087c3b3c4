/** curl with `--aws-sigv4`, whose user writes requests by hand: keys encoded, parameters sorted. */
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeKey } from '../../support/reference-signer.ts'
import {
  Cannot,
  type ClientAccess,
  type ClientAdapter,
  environment,
  NO_TABLES,
  program,
  type Session,
  USUAL,
} from '../client.ts'
import { splitFile } from '../split-file.ts'
import { harvestPaths } from '../tree.ts'

const PATH = '/usr/bin/curl'
const PART_BYTES = 5 * 1024 * 1024

export const curl: ClientAdapter = {
  name: 'curl',
  needs: [PATH],
  ...USUAL,
  open,
}

async function open(access: ClientAccess): Promise<Session> {
  const { endpoint, accessKey, secretKey, authority, home } = access
  const cli = program(PATH, { env: environment(home), cwd: home }, [
    '--silent',
    '--show-error',
    '--fail-with-body',
    '--globoff',
    '--path-as-is',
    '--cacert',
    authority,
    // As S3 wants it; this curl does not add it by itself.
    '--header',
    'x-amz-content-sha256: UNSIGNED-PAYLOAD',
    '--aws-sigv4',
    'aws:amz:us-east-1:s3',
    '--user',
    `${accessKey}:${secretKey}`,
  ])
  const url = (bucket: string, key = '', query = '') =>
    `${endpoint}/${bucket}${key === '' ? '' : `/${encodeKey(key)}`}${query === '' ? '' : `?${query}`}`
  /** A body of XML, with the checksum that S3 wants of some. */
  const document = async (text: string): Promise<readonly string[]> => {
    const file = join(home, 'document.xml')
    await writeFile(file, text)
    const md5 = createHash('md5').update(text).digest('base64')
    return [
      '--header',
      'Content-Type: application/xml',
      '--header',
      `Content-MD5: ${md5}`,
      '--data-binary',
      `@${file}`,
    ]
  }
  const upload = async (file: string, bucket: string, key: string, headers: readonly string[] = []) => {
    const parts = await splitFile(file, PART_BYTES, home)
    const given = headers.flatMap((header) => ['--header', header])
    if (parts.length <= 1) {
      await cli('--upload-file', file, ...given, url(bucket, key))
      return
    }
    const begun = await cli('--request', 'POST', ...given, url(bucket, key, 'uploads='))
    const id = encodeURIComponent(/<UploadId>([^<]+)</.exec(begun)?.[1] ?? '')
    const rows: string[] = []
    for (const [index, part] of parts.entries()) {
      const answer = await cli(
        '--include',
        '--upload-file',
        part,
        url(bucket, key, `partNumber=${index + 1}&uploadId=${id}`),
      )
      const etag = /^etag: (\S+)/im.exec(answer)?.[1] ?? ''
      rows.push(`<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag></Part>`)
    }
    const body = await document(`<CompleteMultipartUpload>${rows.join('')}</CompleteMultipartUpload>`)
    await cli('--request', 'POST', ...body, url(bucket, key, `uploadId=${id}`))
  }
  const download = async (bucket: string, key: string, file: string) =>
    void (await cli('--create-dirs', '--output', file, url(bucket, key)))
  const list = async (bucket: string, prefix = ''): Promise<readonly string[]> => {
    const keys: string[] = []
    let token = ''
    do {
      const query = [
        ...(token === '' ? [] : [`continuation-token=${encodeURIComponent(token)}`]),
        'encoding-type=url',
        'list-type=2',
        `prefix=${encodeURIComponent(prefix)}`,
      ]
      const page = await cli(url(bucket, '', query.join('&')))
      keys.push(
        ...[...page.matchAll(/<Key>([^<]*)</g)].map((match) =>
          decodeURIComponent(plainText(match[1] ?? '').replaceAll('+', ' ')),
        ),
      )
      token = /<NextContinuationToken>([^<]+)</.exec(page)?.[1] ?? ''
    } while (token !== '')
    return keys
  }
  return {
    makeBucket: async (bucket) => void (await cli('--request', 'PUT', url(bucket))),
    buckets: async () =>
      [...(await cli(`${endpoint}/`)).matchAll(/<Name>([^<]*)</g)].map((match) => match[1] ?? ''),
    removeBucket: async (bucket) => void (await cli('--request', 'DELETE', url(bucket))),
    upload,
    download,
    range: async (bucket, key, first, last) =>
      Buffer.from(await cli('--range', `${first}-${last}`, url(bucket, key)), 'latin1'),
    syncUp: async (directory, bucket, prefix) => {
      for (const path of await harvestPaths(directory))
        await upload(join(directory, path), bucket, prefix + path)
    },
    syncDown: async (bucket, prefix, directory) => {
      for (const key of await list(bucket, prefix))
        await download(bucket, key, join(directory, key.slice(prefix.length)))
    },
    list,
    copy: async (from, to) =>
      void (await cli(
        '--request',
        'PUT',
        '--header',
        `x-amz-copy-source: /${from.bucket}/${encodeKey(from.key)}`,
        url(to.bucket, to.key),
      )),
    setTags: async (bucket, key, tags) => {
      const rows = Object.entries(tags).map(
        ([name, value]) => `<Tag><Key>${name}</Key><Value>${value}</Value></Tag>`,
      )
      const body = await document(`<Tagging><TagSet>${rows.join('')}</TagSet></Tagging>`)
      await cli('--request', 'PUT', ...body, url(bucket, key, 'tagging='))
    },
    tags: async (bucket, key) =>
      Object.fromEntries(
        [...(await cli(url(bucket, key, 'tagging='))).matchAll(/<Key>([^<]*)<\/Key><Value>([^<]*)</g)].map(
          (match) => [match[1] ?? '', match[2] ?? ''],
        ),
      ),
    uploadWithMetadata: (file, bucket, key, metadata) =>
      upload(
        file,
        bucket,
        key,
        Object.entries(metadata).map(([name, value]) => `x-amz-meta-${name}: ${value}`),
      ),
    metadata: async (bucket, key) =>
      Object.fromEntries(
        [...(await cli('--head', url(bucket, key))).matchAll(/^x-amz-meta-(\S+): (.*?)\r?$/gim)].map(
          (match) => [match[1] ?? '', match[2] ?? ''],
        ),
      ),
    attributes: async (bucket, key) => {
      const wanted = ['--header', 'x-amz-object-attributes: ETag,ObjectSize']
      const answer = await cli(...wanted, url(bucket, key, 'attributes='))
      return Number(/<ObjectSize>(\d+)</.exec(answer)?.[1])
    },
    table: NO_TABLES,
    presignGet: new Cannot('it signs headers only'),
    presignPut: new Cannot('it signs headers only'),
    remove: async (bucket, key) => void (await cli('--request', 'DELETE', url(bucket, key))),
    removeMany: async (bucket, keys) => {
      const rows = keys.map((key) => `<Object><Key>${key}</Key></Object>`)
      const body = await document(`<Delete><Quiet>true</Quiet>${rows.join('')}</Delete>`)
      await cli('--request', 'POST', ...body, url(bucket, '', 'delete='))
    },
    close: async () => {},
  }
}

/** Of XML. Ceph writes as entities even what needs none. */
function plainText(text: string): string {
  return text.replaceAll('&apos;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&')
}
