// Does with the AWS SDK for Go what it is told on standard input: see driven.ts. Endpoint, keys and authority are what
// the SDK itself finds in the environment.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

type place struct {
	Bucket string
	Key    string
}

// driver holds what everything is done with.
type driver struct {
	ctx       context.Context
	client    *s3.Client
	presigner *s3.PresignClient
	transfer  *transfermanager.Client
}

func main() {
	ctx := context.Background()
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		panic(err)
	}
	client := s3.NewFromConfig(settings, func(options *s3.Options) { options.UsePathStyle = true })
	d := driver{ctx, client, s3.NewPresignClient(client), transfermanager.New(client, func(options *transfermanager.Options) {
		options.PartSizeBytes = 5 << 20
		options.MultipartUploadThreshold = 8 << 20
	})}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var line []json.RawMessage
		must(json.Unmarshal(lines.Bytes(), &line))
		var name string
		must(json.Unmarshal(line[0], &name))
		answer := map[string]any{}
		if result, err := d.do(name, line[1:]); err != nil {
			answer["error"] = err.Error()
		} else {
			answer["result"] = result
		}
		said, err := json.Marshal(answer)
		must(err)
		fmt.Println(string(said))
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// at reads an argument, of which this program knows the type.
func at[T any](given []json.RawMessage, index int) T {
	var value T
	must(json.Unmarshal(given[index], &value))
	return value
}

func (d driver) do(name string, given []json.RawMessage) (any, error) {
	text := func(index int) string { return at[string](given, index) }
	switch name {
	case "make_bucket":
		_, err := d.client.CreateBucket(d.ctx, &s3.CreateBucketInput{Bucket: aws.String(text(0))})
		return nil, err
	case "list_buckets":
		return d.buckets()
	case "remove_bucket":
		_, err := d.client.DeleteBucket(d.ctx, &s3.DeleteBucketInput{Bucket: aws.String(text(0))})
		return nil, err
	case "upload":
		return nil, d.upload(text(0), text(1), text(2), nil)
	case "upload_with_metadata":
		return nil, d.upload(text(0), text(1), text(2), at[map[string]string](given, 3))
	case "download":
		return nil, d.download(text(0), text(1), text(2))
	case "get_range":
		return d.between(text(0), text(1), at[int](given, 2), at[int](given, 3))
	case "sync_up":
		_, err := d.transfer.UploadDirectory(d.ctx, &transfermanager.UploadDirectoryInput{
			Source: aws.String(text(0)), Bucket: aws.String(text(1)),
			KeyPrefix: aws.String(strings.TrimSuffix(text(2), "/")), Recursive: aws.Bool(true),
		})
		return nil, err
	case "sync_down":
		_, err := d.transfer.DownloadDirectory(d.ctx, &transfermanager.DownloadDirectoryInput{
			Bucket: aws.String(text(0)), KeyPrefix: aws.String(text(1)), Destination: aws.String(text(2)),
		})
		return nil, err
	case "list_keys":
		return d.keys(text(0))
	case "copy":
		return nil, d.copy(at[place](given, 0), at[place](given, 1))
	case "set_tags":
		return nil, d.setTags(text(0), text(1), at[map[string]string](given, 2))
	case "get_tags":
		return d.tags(text(0), text(1))
	case "metadata":
		head, err := d.client.HeadObject(d.ctx, &s3.HeadObjectInput{Bucket: aws.String(text(0)), Key: aws.String(text(1))})
		if err != nil {
			return nil, err
		}
		return head.Metadata, nil
	case "attributes":
		answer, err := d.client.GetObjectAttributes(d.ctx, &s3.GetObjectAttributesInput{
			Bucket: aws.String(text(0)), Key: aws.String(text(1)),
			ObjectAttributes: []types.ObjectAttributes{types.ObjectAttributesEtag, types.ObjectAttributesObjectSize},
		})
		if err != nil {
			return nil, err
		}
		return answer.ObjectSize, nil
	case "presign_get":
		request, err := d.presigner.PresignGetObject(d.ctx, &s3.GetObjectInput{Bucket: aws.String(text(0)), Key: aws.String(text(1))})
		if err != nil {
			return nil, err
		}
		return request.URL, nil
	case "presign_put":
		request, err := d.presigner.PresignPutObject(d.ctx, &s3.PutObjectInput{Bucket: aws.String(text(0)), Key: aws.String(text(1))})
		if err != nil {
			return nil, err
		}
		return request.URL, nil
	case "remove":
		_, err := d.client.DeleteObject(d.ctx, &s3.DeleteObjectInput{Bucket: aws.String(text(0)), Key: aws.String(text(1))})
		return nil, err
	case "remove_many":
		return nil, d.removeMany(text(0), at[[]string](given, 1))
	}
	panic("no such function: " + name)
}

func (d driver) buckets() ([]string, error) {
	answer, err := d.client.ListBuckets(d.ctx, &s3.ListBucketsInput{})
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, bucket := range answer.Buckets {
		names = append(names, *bucket.Name)
	}
	return names, nil
}

func (d driver) upload(path, bucket, key string, metadata map[string]string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = d.transfer.UploadObject(d.ctx, &transfermanager.UploadObjectInput{
		Bucket: &bucket, Key: &key, Body: file, Metadata: metadata,
	})
	return err
}

func (d driver) download(bucket, key, path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = d.transfer.DownloadObject(d.ctx, &transfermanager.DownloadObjectInput{
		Bucket: &bucket, Key: &key, WriterAt: file,
	})
	return err
}

func (d driver) between(bucket, key string, first, last int) (string, error) {
	answer, err := d.client.GetObject(d.ctx, &s3.GetObjectInput{
		Bucket: &bucket, Key: &key, Range: aws.String(fmt.Sprintf("bytes=%d-%d", first, last)),
	})
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var content bytes.Buffer
	_, err = io.Copy(&content, answer.Body)
	return hex.EncodeToString(content.Bytes()), err
}

func (d driver) keys(bucket string) ([]string, error) {
	keys := []string{}
	pages := s3.NewListObjectsV2Paginator(d.client, &s3.ListObjectsV2Input{Bucket: &bucket})
	for pages.HasMorePages() {
		page, err := pages.NextPage(d.ctx)
		if err != nil {
			return nil, err
		}
		for _, object := range page.Contents {
			keys = append(keys, *object.Key)
		}
	}
	return keys, nil
}

func (d driver) copy(from, to place) error {
	source := (&url.URL{Path: from.Bucket + "/" + from.Key}).EscapedPath()
	_, err := d.client.CopyObject(d.ctx, &s3.CopyObjectInput{Bucket: &to.Bucket, Key: &to.Key, CopySource: &source})
	return err
}

func (d driver) setTags(bucket, key string, tags map[string]string) error {
	set := []types.Tag{}
	for name, value := range tags {
		set = append(set, types.Tag{Key: aws.String(name), Value: aws.String(value)})
	}
	_, err := d.client.PutObjectTagging(d.ctx, &s3.PutObjectTaggingInput{
		Bucket: &bucket, Key: &key, Tagging: &types.Tagging{TagSet: set},
	})
	return err
}

func (d driver) tags(bucket, key string) (map[string]string, error) {
	answer, err := d.client.GetObjectTagging(d.ctx, &s3.GetObjectTaggingInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return nil, err
	}
	tags := map[string]string{}
	for _, tag := range answer.TagSet {
		tags[*tag.Key] = *tag.Value
	}
	return tags, nil
}

func (d driver) removeMany(bucket string, keys []string) error {
	objects := []types.ObjectIdentifier{}
	for _, key := range keys {
		objects = append(objects, types.ObjectIdentifier{Key: aws.String(key)})
	}
	answer, err := d.client.DeleteObjects(d.ctx, &s3.DeleteObjectsInput{
		Bucket: &bucket, Delete: &types.Delete{Objects: objects},
	})
	if err == nil && len(answer.Errors) > 0 {
		return fmt.Errorf("%s: %s", *answer.Errors[0].Key, *answer.Errors[0].Message)
	}
	return err
}
