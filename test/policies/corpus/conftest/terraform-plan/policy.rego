package main

buckets[resource] {
	resource := input.resource_changes[_]
	resource.type == "aws_s3_bucket"
	resource.change.actions[_] == "create"
}

deny[msg] {
	bucket := buckets[_]
	acl := bucket.change.after.acl
	acl == ["public-read", "public-read-write"][_]
	msg := sprintf("%v is open to everybody (%v)", [bucket.address, acl])
}

deny[msg] {
	bucket := buckets[_]
	not bucket.change.after.server_side_encryption_configuration
	msg := sprintf("%v is not encrypted", [bucket.address])
}
