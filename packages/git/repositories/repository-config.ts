/**
 * The configuration of every repository. It is written as a whole, so that a newer version of the platform
 * brings existing repositories up to date. What only the server's own processes need (hooks, limits) is given
 * to them instead.
 */
export const repositoryConfig = `# Written by Causeway; changes are overwritten.
[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
	# Pushes are read from the log of the branch: it is the record, so it must be kept in a bare repository too.
	logAllRefUpdates = true
	# An acknowledged push survives a power cut.
	fsync = committed,loose-object
	# While a push is in quarantine, git would start a process to list the repository's own references a second time.
	alternateRefsCommand = true
[receive]
	# One pack a push: one fsync instead of one per object.
	unpackLimit = 1
	advertisePushOptions = true
	# The platform repacks after the push; the pusher does not wait for it.
	autogc = false
	fsckObjects = true
[receive "fsck"]
	# Harmless flaws of old tools in many a long history.
	badTimezone = ignore
	missingSpaceBeforeDate = ignore
	zeroPaddedFilemode = ignore
[transfer]
	hideRefs = refs/causeway
[http]
	receivepack = true
	getanyfile = false
[uploadpack]
	allowFilter = true
[fastimport]
	unpackLimit = 1
[gc]
	auto = 0
	# Nothing that was pushed is lost, and entries keep their numbers.
	reflogExpire = never
	reflogExpireUnreachable = never
	pruneExpire = never
[maintenance]
	auto = false
`;
