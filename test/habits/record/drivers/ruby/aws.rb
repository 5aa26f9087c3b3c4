# The AWS SDK for Ruby.
require 'aws-sdk-s3'
require 'json'
require 'stringio'

BUCKET = ENV.fetch('BUCKET')
PART_ONE = 'a' * (5 * 1024 * 1024)
PART_TWO = 'b' * 1000
STREAM = 's' * 100_000
HELLO = "hello, habits\n"
ENCODED = ['1f8b0800000000000203cb48cdc9c9d751c8484cca2c290600c1345d8c0d000000'].pack('H*')
ODD_KEY = "odd/\u00e4 b+c~(1)'!=&.txt"

$stdout.sync = true

def tell(what)
  puts JSON.generate(what)
  $stdin.gets
end

# Announces what comes next, then does it. What fails is told, and the next goes on.
def operation(name)
  tell(operation: name)
  yield
rescue StandardError => error
  tell(failed: "#{error.class}: #{error.message}")
end

# Has a plain HTTP client send what was presigned.
def fetch(method, url, body: nil, headers: {})
  tell(fetch: { method: method, url: url, headers: headers, body: body })
end

tell(version: Aws::S3::GEM_VERSION)

s3 = Aws::S3::Client.new(
  endpoint: ENV.fetch('ENDPOINT'),
  region: 'us-east-1',
  access_key_id: ENV.fetch('ACCESS_KEY'),
  secret_access_key: ENV.fetch('SECRET_KEY'),
  force_path_style: true,
  retry_limit: 0,
  ssl_ca_bundle: ENV.fetch('AUTHORITY'),
)
bucket = { bucket: BUCKET }
object = ->(key) { Aws::S3::Object.new(BUCKET, key, client: s3) }

operation('create bucket') { s3.create_bucket(**bucket) }
operation('head bucket') { s3.head_bucket(**bucket) }
operation('get location') { s3.get_bucket_location(**bucket) }
operation('put') do
  s3.put_object(**bucket, key: 'hello.txt', body: HELLO, content_type: 'text/plain', metadata: { 'color' => 'blue' })
end
operation('put encoded') { s3.put_object(**bucket, key: 'hello.txt.gz', body: ENCODED, content_encoding: 'gzip') }
operation('put stream') { s3.put_object(**bucket, key: 'stream.bin', body: StringIO.new(STREAM)) }
operation('put empty') { s3.put_object(**bucket, key: 'empty/') }
operation('put odd key') { s3.put_object(**bucket, key: ODD_KEY, body: HELLO) }
operation('put with checksum') do
  s3.put_object(**bucket, key: 'checked.txt', body: StringIO.new(HELLO), checksum_algorithm: 'CRC32')
end
operation('multipart') do
  upload = s3.create_multipart_upload(**bucket, key: 'big.bin', metadata: { 'color' => 'blue' })
  part = { **bucket, key: 'big.bin', upload_id: upload.upload_id }
  parts = [PART_ONE, PART_TWO].map.with_index(1) do |data, number|
    { part_number: number, etag: s3.upload_part(**part, part_number: number, body: data).etag }
  end
  s3.complete_multipart_upload(**part, multipart_upload: { parts: parts })
end
operation('transfer') do
  object.call('transferred.bin').upload_stream(tempfile: false, thread_count: 1) do |stream|
    stream.binmode
    stream << PART_ONE << PART_TWO
  end
end
operation('get') { s3.get_object(**bucket, key: 'hello.txt').body.read }
operation('get odd key') { s3.get_object(**bucket, key: ODD_KEY).body.read }
operation('get range') { s3.get_object(**bucket, key: 'hello.txt', range: 'bytes=1-5').body.read }
operation('get with checksum') { s3.get_object(**bucket, key: 'checked.txt', checksum_mode: 'ENABLED').body.read }
operation('head') { s3.head_object(**bucket, key: 'hello.txt') }
operation('list v1') { s3.list_objects(**bucket) }
operation('list v2') { s3.list_objects_v2(**bucket, prefix: 'odd/', delimiter: '/') }
operation('copy') { object.call('copy.txt').copy_from(object.call(ODD_KEY)) }
operation('attributes') do
  s3.get_object_attributes(**bucket, key: 'hello.txt', object_attributes: %w[ETag ObjectSize StorageClass])
end
operation('put tagging') do
  s3.put_object_tagging(**bucket, key: 'hello.txt', tagging: { tag_set: [{ key: 'a', value: 'b c' }] })
end
operation('get tagging') { s3.get_object_tagging(**bucket, key: 'hello.txt') }
presigner = Aws::S3::Presigner.new(client: s3)
operation('presigned get') { fetch('GET', presigner.presigned_url(:get_object, **bucket, key: 'hello.txt')) }
operation('presigned put') do
  url, headers = presigner.presigned_request(
    :put_object, **bucket, key: 'presigned.txt', acl: 'private', metadata: { 'color' => 'blue' }
  )
  fetch('PUT', url, body: 'hello', headers: headers)
end
operation('presigned put hoisted') do
  fetch('PUT', presigner.presigned_url(:put_object, **bucket, key: 'presigned.txt', acl: 'private'), body: 'hello')
end
operation('delete') { s3.delete_object(**bucket, key: 'presigned.txt') }
operation('delete many') do
  keys = ['hello.txt', 'hello.txt.gz', 'stream.bin', 'empty/', ODD_KEY, 'checked.txt', 'big.bin', 'transferred.bin', 'copy.txt']
  s3.delete_objects(**bucket, delete: { objects: keys.map { |key| { key: key } } })
end
operation('list buckets') { s3.list_buckets }
operation('delete bucket') { s3.delete_bucket(**bucket) }
