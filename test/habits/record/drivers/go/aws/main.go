// The AWS SDK for Go 2.
package main

import (
	"bytes"
	"context"
	"habits/stage"
	"io"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func main() {
	stage.Version("github.com/aws/aws-sdk-go-v2/service/s3")
	ctx := context.Background()
	client := s3.New(s3.Options{
		BaseEndpoint:     aws.String(stage.Endpoint),
		Region:           "us-east-1",
		UsePathStyle:     true,
		RetryMaxAttempts: 1,
		Credentials:      credentials.NewStaticCredentialsProvider(stage.AccessKey, stage.SecretKey, ""),
		// As config.LoadDefaultConfig sets them.
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
	})
	bucket := aws.String(stage.Bucket)
	key := aws.String("hello.txt")
	get := func(input *s3.GetObjectInput) func() error {
		return func() error {
			output, err := client.GetObject(ctx, input)
			if err != nil {
				return err
			}
			defer output.Body.Close()
			_, err = io.Copy(io.Discard, output.Body)
			return err
		}
	}
	put := func(input *s3.PutObjectInput) func() error {
		input.Bucket = bucket
		return func() error { _, err := client.PutObject(ctx, input); return err }
	}

	stage.Operation("create bucket", func() error {
		_, err := client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: bucket})
		return err
	})
	stage.Operation("head bucket", func() error {
		_, err := client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: bucket})
		return err
	})
	stage.Operation("get location", func() error {
		_, err := client.GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: bucket})
		return err
	})
	stage.Operation("put", put(&s3.PutObjectInput{
		Key: key, Body: bytes.NewReader(stage.Hello), ContentType: aws.String("text/plain"),
		Metadata: map[string]string{"color": "blue"},
	}))
	stage.Operation("put encoded", put(&s3.PutObjectInput{
		Key: aws.String("hello.txt.gz"), Body: bytes.NewReader(stage.Encoded), ContentEncoding: aws.String("gzip"),
	}))
	stage.Operation("put stream", put(&s3.PutObjectInput{
		Key: aws.String("stream.bin"), Body: bytes.NewReader(stage.Stream),
	}))
	stage.Operation("put empty", put(&s3.PutObjectInput{Key: aws.String("empty/")}))
	stage.Operation("put odd key", put(&s3.PutObjectInput{
		Key: aws.String(stage.OddKey), Body: bytes.NewReader(stage.Hello),
	}))
	stage.Operation("put with checksum", put(&s3.PutObjectInput{
		Key: aws.String("checked.txt"), Body: bytes.NewReader(stage.Hello), ChecksumAlgorithm: types.ChecksumAlgorithmSha256,
	}))
	stage.Operation("multipart", func() error {
		created, err := client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{
			Bucket: bucket, Key: aws.String("big.bin"), ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
		})
		if err != nil {
			return err
		}
		var parts []types.CompletedPart
		for i, data := range [][]byte{stage.PartOne, stage.PartTwo} {
			part, err := client.UploadPart(ctx, &s3.UploadPartInput{
				Bucket: bucket, Key: aws.String("big.bin"), UploadId: created.UploadId,
				PartNumber: aws.Int32(int32(i + 1)), Body: bytes.NewReader(data),
			})
			if err != nil {
				return err
			}
			parts = append(parts, types.CompletedPart{
				PartNumber: aws.Int32(int32(i + 1)), ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32,
			})
		}
		_, err = client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
			Bucket: bucket, Key: aws.String("big.bin"), UploadId: created.UploadId,
			MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
		})
		return err
	})
	stage.Operation("transfer", func() error {
		uploader := manager.NewUploader(client, func(u *manager.Uploader) { u.Concurrency = 1 })
		_, err := uploader.Upload(ctx, &s3.PutObjectInput{
			Bucket: bucket, Key: aws.String("transferred.bin"),
			Body: io.MultiReader(bytes.NewReader(stage.PartOne), bytes.NewReader(stage.PartTwo)),
		})
		return err
	})
	stage.Operation("get", get(&s3.GetObjectInput{Bucket: bucket, Key: key}))
	stage.Operation("get odd key", get(&s3.GetObjectInput{Bucket: bucket, Key: aws.String(stage.OddKey)}))
	stage.Operation("get range", get(&s3.GetObjectInput{Bucket: bucket, Key: key, Range: aws.String("bytes=1-5")}))
	stage.Operation("get with checksum", get(&s3.GetObjectInput{
		Bucket: bucket, Key: aws.String("checked.txt"), ChecksumMode: types.ChecksumModeEnabled,
	}))
	stage.Operation("head", func() error {
		_, err := client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: key})
		return err
	})
	stage.Operation("list v1", func() error {
		_, err := client.ListObjects(ctx, &s3.ListObjectsInput{Bucket: bucket})
		return err
	})
	stage.Operation("list v2", func() error {
		_, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{
			Bucket: bucket, Prefix: aws.String("odd/"), Delimiter: aws.String("/"),
		})
		return err
	})
	stage.Operation("copy", func() error {
		source := url.PathEscape(stage.Bucket + "/" + stage.OddKey)
		_, err := client.CopyObject(ctx, &s3.CopyObjectInput{
			Bucket: bucket, Key: aws.String("copy.txt"), CopySource: aws.String(strings.ReplaceAll(source, "+", "%2B")),
		})
		return err
	})
	stage.Operation("attributes", func() error {
		_, err := client.GetObjectAttributes(ctx, &s3.GetObjectAttributesInput{
			Bucket: bucket, Key: key, ObjectAttributes: []types.ObjectAttributes{
				types.ObjectAttributesEtag, types.ObjectAttributesObjectSize, types.ObjectAttributesStorageClass,
			},
		})
		return err
	})
	stage.Operation("put tagging", func() error {
		_, err := client.PutObjectTagging(ctx, &s3.PutObjectTaggingInput{
			Bucket: bucket, Key: key, Tagging: &types.Tagging{
				TagSet: []types.Tag{{Key: aws.String("a"), Value: aws.String("b c")}},
			},
		})
		return err
	})
	stage.Operation("get tagging", func() error {
		_, err := client.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: bucket, Key: key})
		return err
	})
	presigner := s3.NewPresignClient(client)
	stage.Operation("presigned get", func() error {
		request, err := presigner.PresignGetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key})
		if err == nil {
			stage.Fetch("GET", request.URL, nil, nil)
		}
		return err
	})
	stage.Operation("presigned put", func() error {
		request, err := presigner.PresignPutObject(ctx, &s3.PutObjectInput{
			Bucket: bucket, Key: aws.String("presigned.txt"), Metadata: map[string]string{"color": "blue"},
		})
		if err != nil {
			return err
		}
		headers := map[string]string{}
		for name, values := range request.SignedHeader {
			if !strings.EqualFold(name, "host") && !strings.EqualFold(name, "content-length") {
				headers[name] = strings.Join(values, ",")
			}
		}
		stage.Fetch("PUT", request.URL, headers, "hello")
		return nil
	})
	stage.Operation("delete", func() error {
		_, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: aws.String("presigned.txt")})
		return err
	})
	stage.Operation("delete many", func() error {
		var objects []types.ObjectIdentifier
		for _, name := range []string{
			"hello.txt", "hello.txt.gz", "stream.bin", "empty/", stage.OddKey, "checked.txt", "big.bin",
			"transferred.bin", "copy.txt",
		} {
			objects = append(objects, types.ObjectIdentifier{Key: aws.String(name)})
		}
		_, err := client.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: bucket, Delete: &types.Delete{Objects: objects}})
		return err
	})
	stage.Operation("list buckets", func() error {
		_, err := client.ListBuckets(ctx, &s3.ListBucketsInput{})
		return err
	})
	stage.Operation("delete bucket", func() error {
		_, err := client.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: bucket})
		return err
	})
}
