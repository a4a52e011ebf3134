package httpapi

import (
	"strconv"
	"strings"

	"holon/internal/fault"
)

// etag writes a revision as a strong entity tag.
func etag(rev int64) string { return `"` + strconv.FormatInt(rev, 10) + `"` }

// revisionOf reads the one strong entity tag that If-Match must hold. A missing
// one is PreconditionRequired. Anything but a revision, a weak tag, a list and
// "*" included, was never an ETag of ours: Malformed. Whether the revision is
// the present one is for the practice to say.
func revisionOf(header *string) (int64, error) {
	if header == nil || strings.TrimSpace(*header) == "" {
		return 0, fault.New(fault.PreconditionRequired, "if_match_missing",
			`Name the revision you read with If-Match, such as "3" in quotes. The ETag of the answer you read holds it.`)
	}
	text := strings.TrimSpace(*header)
	digits, isTag := strings.CutPrefix(text, `"`)
	digits, closed := strings.CutSuffix(digits, `"`)
	rev, err := strconv.ParseInt(digits, 10, 64)
	if !isTag || !closed || err != nil || rev < 1 || etag(rev) != text {
		return 0, fault.New(fault.Malformed, "if_match_malformed",
			`If-Match names the revision you read, in quotes, as the header ETag gave it, such as "3". Lists, weak tags and * are not taken.`)
	}
	return rev, nil
}
