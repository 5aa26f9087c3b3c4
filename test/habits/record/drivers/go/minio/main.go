// MinIO's own client for Go.
package main

import (
	"bytes"
	"context"
	"habits/stage"
	"io"
	"net/url"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/tags"
)

func main() {
	stage.Version("github.com/minio/minio-go/v7")
	ctx := context.Background()
	endpoint, err := url.Parse(stage.Endpoint)
	if err != nil {
		panic(err)
	}
	options := minio.Options{
		Creds:  credentials.NewStaticV4(stage.AccessKey, stage.SecretKey, ""),
		Secure: endpoint.Scheme == "https", Region: "us-east-1", MaxRetries: 1,
	}
	client, err := minio.New(endpoint.Host, &options)
	if err != nil {
		panic(err)
	}
	options.TrailingHeaders = true
	trailing, err := minio.New(endpoint.Host, &options)
	if err != nil {
		panic(err)
	}
	put := func(client *minio.Client, key string, data []byte, size int64, options minio.PutObjectOptions) func() error {
		return func() error {
			options.NumThreads = 1
			_, err := client.PutObject(ctx, stage.Bucket, key, bytes.NewReader(data), size, options)
			return err
		}
	}
	get := func(key string, options minio.GetObjectOptions) func() error {
		return func() error {
			object, err := client.GetObject(ctx, stage.Bucket, key, options)
			if err != nil {
				return err
			}
			defer object.Close()
			_, err = io.Copy(io.Discard, object)
			return err
		}
	}
	list := func(options minio.ListObjectsOptions) func() error {
		return func() error {
			for object := range client.ListObjects(ctx, stage.Bucket, options) {
				if object.Err != nil {
					return object.Err
				}
			}
			return nil
		}
	}
	both := append(append([]byte{}, stage.PartOne...), stage.PartTwo...)

	stage.Operation("create bucket", func() error {
		return client.MakeBucket(ctx, stage.Bucket, minio.MakeBucketOptions{})
	})
	stage.Operation("head bucket", func() error { _, err := client.BucketExists(ctx, stage.Bucket); return err })
	stage.Operation("put", put(client, "hello.txt", stage.Hello, 14, minio.PutObjectOptions{
		ContentType: "text/plain", UserMetadata: map[string]string{"color": "blue"},
	}))
	stage.Operation("put encoded", put(client, "hello.txt.gz", stage.Encoded, 33, minio.PutObjectOptions{
		ContentEncoding: "gzip",
	}))
	stage.Operation("put stream", put(client, "stream.bin", stage.Stream, -1, minio.PutObjectOptions{PartSize: 5 << 20}))
	stage.Operation("put in one part", put(client, "stream.bin", stage.Stream, 100_000, minio.PutObjectOptions{
		DisableMultipart: true,
	}))
	stage.Operation("put with MD5", put(client, "stream.bin", stage.Stream, 100_000, minio.PutObjectOptions{
		SendContentMd5: true,
	}))
	stage.Operation("put without signed content", put(client, "stream.bin", stage.Stream, 100_000, minio.PutObjectOptions{
		DisableContentSha256: true,
	}))
	stage.Operation("put with a trailer", put(trailing, "stream.bin", stage.Stream, 100_000, minio.PutObjectOptions{
		Checksum: minio.ChecksumCRC32C,
	}))
	stage.Operation("put encoded with a trailer", put(trailing, "hello.txt.gz", stage.Encoded, 33, minio.PutObjectOptions{
		ContentEncoding: "gzip",
	}))
	stage.Operation("put empty", put(client, "empty/", nil, 0, minio.PutObjectOptions{}))
	stage.Operation("put odd key", put(client, stage.OddKey, stage.Hello, 14, minio.PutObjectOptions{}))
	stage.Operation("multipart", put(client, "big.bin", both, int64(len(both)), minio.PutObjectOptions{PartSize: 5 << 20}))
	stage.Operation("multipart with trailers", put(
		trailing, "big.bin", both, int64(len(both)), minio.PutObjectOptions{PartSize: 5 << 20},
	))
	stage.Operation("get", get("hello.txt", minio.GetObjectOptions{}))
	stage.Operation("get odd key", get(stage.OddKey, minio.GetObjectOptions{}))
	ranged := minio.GetObjectOptions{Checksum: true}
	_ = ranged.SetRange(1, 5)
	stage.Operation("get range", get("hello.txt", ranged))
	stage.Operation("head", func() error {
		_, err := client.StatObject(ctx, stage.Bucket, "hello.txt", minio.StatObjectOptions{})
		return err
	})
	stage.Operation("list v1", list(minio.ListObjectsOptions{UseV1: true, Recursive: true}))
	stage.Operation("list v2", list(minio.ListObjectsOptions{Prefix: "odd/"}))
	stage.Operation("list with metadata", list(minio.ListObjectsOptions{WithMetadata: true, Recursive: true}))
	stage.Operation("list versions", list(minio.ListObjectsOptions{WithVersions: true, Recursive: true}))
	odd := minio.CopySrcOptions{Bucket: stage.Bucket, Object: stage.OddKey}
	stage.Operation("copy", func() error {
		_, err := client.CopyObject(ctx, minio.CopyDestOptions{Bucket: stage.Bucket, Object: "copy.txt"}, odd)
		return err
	})
	stage.Operation("compose", func() error {
		big := minio.CopySrcOptions{Bucket: stage.Bucket, Object: "big.bin"}
		target := minio.CopyDestOptions{Bucket: stage.Bucket, Object: "composed.bin"}
		_, err := client.ComposeObject(ctx, target, big, odd)
		return err
	})
	stage.Operation("attributes", func() error {
		_, err := client.GetObjectAttributes(ctx, stage.Bucket, "hello.txt", minio.ObjectAttributesOptions{})
		return err
	})
	stage.Operation("put tagging", func() error {
		set, err := tags.NewTags(map[string]string{"a": "b c"}, true)
		if err != nil {
			return err
		}
		return client.PutObjectTagging(ctx, stage.Bucket, "hello.txt", set, minio.PutObjectTaggingOptions{})
	})
	stage.Operation("get tagging", func() error {
		_, err := client.GetObjectTagging(ctx, stage.Bucket, "hello.txt", minio.GetObjectTaggingOptions{})
		return err
	})
	stage.Operation("presigned get", func() error {
		signed, err := client.PresignedGetObject(ctx, stage.Bucket, "hello.txt", time.Hour, nil)
		if err == nil {
			stage.Fetch("GET", signed.String(), nil, nil)
		}
		return err
	})
	stage.Operation("presigned put", func() error {
		signed, err := client.PresignedPutObject(ctx, stage.Bucket, "presigned.txt", time.Hour)
		if err == nil {
			stage.Fetch("PUT", signed.String(), nil, "hello")
		}
		return err
	})
	stage.Operation("delete", func() error {
		return client.RemoveObject(ctx, stage.Bucket, "presigned.txt", minio.RemoveObjectOptions{})
	})
	stage.Operation("delete many", func() error {
		objects := make(chan minio.ObjectInfo, 8)
		for _, key := range []string{
			"hello.txt", "hello.txt.gz", "stream.bin", "empty/", stage.OddKey, "big.bin", "copy.txt", "composed.bin",
		} {
			objects <- minio.ObjectInfo{Key: key}
		}
		close(objects)
		for failed := range client.RemoveObjects(ctx, stage.Bucket, objects, minio.RemoveObjectsOptions{}) {
			return failed.Err
		}
		return nil
	})
	stage.Operation("list buckets", func() error { _, err := client.ListBuckets(ctx); return err })
	stage.Operation("delete bucket", func() error { return client.RemoveBucket(ctx, stage.Bucket) })
}
