# frozen_string_literal: true

# Does with the AWS SDK for Ruby what it is told on standard input: see driven.ts.

require 'aws-sdk-s3'
require 'fileutils'
require 'json'

MIB = 1024 * 1024

# What the driver is told to do, function by function.
class Driver
  def initialize
    @s3 = Aws::S3::Client.new(
      endpoint: ENV.fetch('ENDPOINT'), region: 'us-east-1', force_path_style: true, ssl_ca_bundle: ENV.fetch('AUTHORITY')
    )
    @resource = Aws::S3::Resource.new(client: @s3)
    @presigner = Aws::S3::Presigner.new(client: @s3)
  end

  def make_bucket(bucket)
    @s3.create_bucket(bucket:)
    nil
  end

  def list_buckets
    @s3.list_buckets.buckets.map(&:name)
  end

  def remove_bucket(bucket)
    @s3.delete_bucket(bucket:)
    nil
  end

  def upload(file, bucket, key, **options)
    @resource.bucket(bucket).object(key).upload_file(file, multipart_threshold: 8 * MIB, **options)
  end

  def download(bucket, key, file)
    @resource.bucket(bucket).object(key).download_file(file)
  end

  def get_range(bucket, key, first, last)
    @s3.get_object(bucket:, key:, range: "bytes=#{first}-#{last}").body.read.unpack1('H*')
  end

  def sync_up(directory, bucket, prefix)
    Dir.glob('**/*', File::FNM_DOTMATCH, base: directory).each do |path|
      file = File.join(directory, path)
      upload(file, bucket, prefix + path) if File.file?(file)
    end
    nil
  end

  def sync_down(bucket, prefix, directory)
    @resource.bucket(bucket).objects(prefix:).each do |object|
      file = File.join(directory, object.key.delete_prefix(prefix))
      FileUtils.mkdir_p(File.dirname(file))
      object.download_file(file)
    end
    nil
  end

  def list_keys(bucket)
    @resource.bucket(bucket).objects.map(&:key)
  end

  def copy(source, target)
    from = @resource.bucket(source['bucket']).object(source['key'])
    from.copy_to(bucket: target['bucket'], key: target['key'])
    nil
  end

  def set_tags(bucket, key, tags)
    tag_set = tags.map { |name, value| { key: name, value: } }
    @s3.put_object_tagging(bucket:, key:, tagging: { tag_set: })
    nil
  end

  def get_tags(bucket, key)
    @s3.get_object_tagging(bucket:, key:).tag_set.to_h { |tag| [tag.key, tag.value] }
  end

  def upload_with_metadata(file, bucket, key, metadata)
    upload(file, bucket, key, metadata:)
  end

  def metadata(bucket, key)
    @s3.head_object(bucket:, key:).metadata
  end

  def attributes(bucket, key)
    @s3.get_object_attributes(bucket:, key:, object_attributes: %w[ETag ObjectSize]).object_size
  end

  def presign_get(bucket, key)
    @presigner.presigned_url(:get_object, bucket:, key:)
  end

  def presign_put(bucket, key)
    @presigner.presigned_url(:put_object, bucket:, key:)
  end

  def remove(bucket, key)
    @s3.delete_object(bucket:, key:)
    nil
  end

  def remove_many(bucket, keys)
    answer = @s3.delete_objects(bucket:, delete: { objects: keys.map { |key| { key: } } })
    raise Aws::Errors::ServiceError.new(nil, answer.errors.first.message) unless answer.errors.empty?
  end
end

driver = Driver.new
$stdout.sync = true
$stdin.each_line do |line|
  name, *arguments = JSON.parse(line)
  answer =
    begin
      { result: driver.public_send(name, *arguments) }
    rescue Aws::Errors::ServiceError, Aws::S3::MultipartUploadError => e
      { error: "#{e.class}: #{e.message}" }
    end
  puts JSON.generate(answer)
end
