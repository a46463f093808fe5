"""Contents are the same after a kill: S3 objects, bucket settings, secret values, keys."""

import os

import pytest

pytestmark = pytest.mark.services

BUCKET = "documents-bucket"

POLICY = '{"Version": "2012-10-17", "Statement": []}'


def without_metadata(answer: dict) -> dict:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def objects(s3) -> dict:
    """All versions of all objects, with contents, metadata and tags, and the delete markers."""
    listed = s3.list_object_versions(Bucket=BUCKET)
    found = {}
    for version in listed.get("Versions", []):
        which = {"Bucket": BUCKET, "Key": version["Key"], "VersionId": version["VersionId"]}
        got = without_metadata(s3.get_object(**which))
        got["Body"] = got["Body"].read()
        tags = s3.get_object_tagging(**which)["TagSet"]
        found[version["Key"], version["VersionId"]] = (version, got, tags)
    return {"versions": found, "markers": listed.get("DeleteMarkers", [])}


def bucket_settings(s3) -> dict:
    names = ("versioning", "lifecycle_configuration", "encryption", "policy", "tagging", "cors")
    settings = {
        name: without_metadata(getattr(s3, f"get_bucket_{name}")(Bucket=BUCKET)) for name in names
    }
    return {
        **settings,
        "block": s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"],
    }


def configure(s3) -> None:
    s3.put_bucket_lifecycle_configuration(
        Bucket=BUCKET,
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "r",
                    "Status": "Enabled",
                    "Filter": {"Prefix": ""},
                    "Expiration": {"Days": 9},
                }
            ]
        },
    )
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
    s3.put_bucket_policy(Bucket=BUCKET, Policy=POLICY)
    s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": [{"Key": "team", "Value": "gacp"}]})
    s3.put_bucket_cors(
        Bucket=BUCKET,
        CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]},
    )
    s3.put_public_access_block(
        Bucket=BUCKET,
        PublicAccessBlockConfiguration={"BlockPublicAcls": True, "IgnorePublicAcls": True},
    )


def test_objects_and_bucket_settings_are_the_same_after_a_kill(start, tmp_path):
    server = start(tmp_path / "data").wait_ready()
    s3 = server.make_bucket()
    configure(s3)
    key = "ใบสมัคร/รูป 1.jpg"
    for number in range(3):
        s3.put_object(
            Bucket=BUCKET, Key=key, Body=b"v%d" % number, Metadata={"n": str(number)}, Tagging="a=b"
        )
    s3.delete_object(Bucket=BUCKET, Key=key)
    s3.put_object(Bucket=BUCKET, Key="copied", Body=os.urandom(200_000), ContentType="image/png")
    s3.copy_object(Bucket=BUCKET, Key="copy", CopySource={"Bucket": BUCKET, "Key": "copied"})
    s3.put_object_tagging(
        Bucket=BUCKET, Key="copy", Tagging={"TagSet": [{"Key": "late", "Value": "yes"}]}
    )
    gone = s3.put_object(Bucket=BUCKET, Key="gone", Body=b"x")["VersionId"]
    s3.delete_objects(
        Bucket=BUCKET, Delete={"Objects": [{"Key": "gone", "VersionId": gone}, {"Key": "copied"}]}
    )
    before = objects(s3), bucket_settings(s3)
    assert len(before[0]["versions"]) == 5
    assert len(before[0]["markers"]) == 2
    server.kill()
    again = start(tmp_path / "data").wait_ready()
    assert (objects(again.client("s3")), bucket_settings(again.client("s3"))) == before
    assert again.stop() == 0
    last = start(tmp_path / "data").wait_ready()
    assert (objects(last.client("s3")), bucket_settings(last.client("s3"))) == before


def test_an_upload_in_parts_goes_on_after_a_kill(start, tmp_path):
    server = start(tmp_path / "data").wait_ready()
    s3 = server.make_bucket()
    part = os.urandom(5 * 1024 * 1024)
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="large", Metadata={"a": "b"})["UploadId"]
    which = {"Bucket": BUCKET, "Key": "large", "UploadId": upload}
    first = s3.upload_part(**which, PartNumber=1, Body=part)["ETag"]
    server.kill()
    s3 = start(tmp_path / "data").wait_ready().client("s3")
    second = s3.upload_part(**which, PartNumber=2, Body=b"end")["ETag"]
    parts = [{"ETag": first, "PartNumber": 1}, {"ETag": second, "PartNumber": 2}]
    s3.complete_multipart_upload(**which, MultipartUpload={"Parts": parts})
    got = s3.get_object(Bucket=BUCKET, Key="large")
    assert got["Body"].read() == part + b"end"
    assert got["Metadata"] == {"a": "b"}


def test_a_deleted_bucket_stays_deleted(start, tmp_path):
    server = start(tmp_path / "data").wait_ready()
    s3 = server.make_bucket(versioned=False)
    s3.put_object(Bucket=BUCKET, Key="k", Body=b"x")
    s3.delete_object(Bucket=BUCKET, Key="k")
    s3.delete_bucket(Bucket=BUCKET)
    server.kill()
    again = start(tmp_path / "data").wait_ready()
    assert again.client("s3").list_buckets()["Buckets"] == []
    s3 = again.make_bucket(versioned=False)
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)


def test_secret_values_come_back_with_their_versions(start, tmp_path):
    server = start(tmp_path / "data").wait_ready()
    secrets = server.client("secretsmanager")
    arn = secrets.create_secret(Name="gacp/app", SecretString="first")["ARN"]
    secrets.put_secret_value(SecretId=arn, SecretString="second")
    stages = ("AWSCURRENT", "AWSPREVIOUS")
    before = [
        without_metadata(secrets.get_secret_value(SecretId=arn, VersionStage=stage))
        for stage in stages
    ]
    server.kill()
    secrets = start(tmp_path / "data").wait_ready().client("secretsmanager")
    after = [
        without_metadata(secrets.get_secret_value(SecretId=arn, VersionStage=stage))
        for stage in stages
    ]
    assert after == before
    assert [value["SecretString"] for value in after] == ["second", "first"]


def test_keys_decrypt_and_verify_what_they_made_before_a_kill(start, tmp_path):
    server = start(tmp_path / "data").wait_ready()
    kms = server.client("kms")
    symmetric = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/gacp", TargetKeyId=symmetric)
    cipher = kms.encrypt(KeyId="alias/gacp", Plaintext="ความลับ".encode())["CiphertextBlob"]
    data_key = kms.generate_data_key(KeyId=symmetric, KeySpec="AES_256")
    signing = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")["KeyMetadata"][
        "KeyId"
    ]
    message = {"KeyId": signing, "Message": b"m", "SigningAlgorithm": "ECDSA_SHA_256"}
    signature = kms.sign(**message)["Signature"]
    server.kill()
    kms = start(tmp_path / "data").wait_ready().client("kms")
    assert kms.decrypt(CiphertextBlob=cipher)["Plaintext"].decode() == "ความลับ"
    again = kms.decrypt(CiphertextBlob=data_key["CiphertextBlob"])["Plaintext"]
    assert again == data_key["Plaintext"]
    assert kms.verify(**message, Signature=signature)["SignatureValid"]
    assert kms.describe_key(KeyId="alias/gacp")["KeyMetadata"]["KeyId"] == symmetric
