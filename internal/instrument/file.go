package instrument

// file is the shape of a definition on disk and of its canonical form. The tags
// check shape only; meaning is checked on the Definition. New keys must be
// optional and left out when empty, or every stored hash changes.
type file struct {
	Schema     int         `json:"schema"                validate:"eq=1"`
	ID         string      `json:"id"                    validate:"required,max=64,instrument_id"`
	Version    string      `json:"version"               validate:"required,max=32,instrument_version"`
	Title      string      `json:"title"                 validate:"required,max=200"`
	Construct  string      `json:"construct"             validate:"required,max=1000"`
	Language   string      `json:"language"              validate:"required,bcp47_language_tag"`
	Ages       *fileAges   `json:"ages,omitempty"`
	Licence    fileLicence `json:"licence"`
	Facts      []fileFact  `json:"facts"                 validate:"required,min=1,max=50,dive"`
	MaxMissing *int        `json:"max_missing,omitempty" validate:"omitempty,min=0"`
	Items      []fileItem  `json:"items"                 validate:"required,min=1,max=200,dive"`
	Scores     []fileScore `json:"scores"                validate:"required,max=50,dive"`

	WithoutKeys *fileWithoutKeys `json:"without_keys,omitempty"`
	Undivided   string           `json:"undivided,omitempty"    validate:"max=1000"`
	Mixed       string           `json:"mixed,omitempty"        validate:"max=1000"`
}

// fileWithoutKeys is WithoutKeys on disk.
type fileWithoutKeys struct {
	Reason string   `json:"reason"           validate:"required,max=1000"`
	Scores []string `json:"scores,omitempty" validate:"max=50,unique,dive,required,max=200"`
}

// fileAges is AgeRange on disk.
type fileAges struct {
	From *int `json:"from,omitempty" validate:"omitempty,min=0,max=130"`
	To   *int `json:"to,omitempty"   validate:"omitempty,min=0,max=130"`
}

// fileLicence is Licence on disk.
type fileLicence struct {
	Status          string `json:"status"           validate:"required,oneof=free permission_required paper_only commercial own"`
	Holder          string `json:"holder"           validate:"required,max=200"`
	Note            string `json:"note,omitempty"   validate:"max=1000"`
	WordingIncluded *bool  `json:"wording_included" validate:"required"`
}

// fileFact is Fact on disk.
type fileFact struct {
	About    string `json:"about"    validate:"required,max=200"`
	Source   string `json:"source"   validate:"required,max=1000"`
	Verified *bool  `json:"verified" validate:"required"`
}

// fileItem is Item on disk.
type fileItem struct {
	Number   *int          `json:"number"            validate:"required"`
	Level    string        `json:"level"             validate:"required,oneof=alliance bond member_group cohesion system encounter outcome"`
	Referent string        `json:"referent"          validate:"required,oneof=I we pair observer"`
	Raters   []string      `json:"raters"            validate:"required,min=1,unique,dive,oneof=member therapist observer"`
	Min      *float64      `json:"min"               validate:"required,min=-10000,max=10000"`
	Max      *float64      `json:"max"               validate:"required,min=-10000,max=10000"`
	Step     *float64      `json:"step"              validate:"required,min=0.001,max=10000"`
	Reverse  bool          `json:"reverse,omitempty"`
	Risk     *fileRisk     `json:"risk,omitempty"`
	Wording  []fileWording `json:"wording,omitempty" validate:"max=3,dive"`
}

// fileRisk is Risk on disk.
type fileRisk struct {
	AtLeast  *float64 `json:"at_least" validate:"required"`
	Source   string   `json:"source"   validate:"required,max=1000"`
	Verified *bool    `json:"verified" validate:"required"`
}

// fileWording is Wording on disk.
type fileWording struct {
	Rater string `json:"rater" validate:"required,oneof=member therapist observer"`
	Text  string `json:"text"  validate:"required,max=500"`
	Low   string `json:"low"   validate:"required,max=100"`
	High  string `json:"high"  validate:"required,max=100"`
}

// fileScore is Score on disk.
type fileScore struct {
	ID         string       `json:"id"                validate:"required,max=64,score_id"`
	Title      string       `json:"title"             validate:"required,max=200"`
	Level      string       `json:"level"             validate:"required,oneof=alliance bond member_group cohesion system encounter outcome"`
	Items      []int        `json:"items"             validate:"required,min=1,unique"`
	Parts      []string     `json:"parts,omitempty"   validate:"max=50,unique"`
	Method     string       `json:"method"            validate:"required,oneof=sum sum_prorated sum_mean_rounded sum_of_scores mean"`
	Factor     *float64     `json:"factor,omitempty"  validate:"omitempty,gt=0,max=1000"`
	MaxMissing *int         `json:"max_missing"       validate:"required,min=0"`
	Direction  string       `json:"direction"         validate:"required,oneof=higher_better higher_worse neutral"`
	Min        *float64     `json:"min"               validate:"required"`
	Max        *float64     `json:"max"               validate:"required"`
	Cutoffs    []fileCutoff `json:"cutoffs,omitempty" validate:"max=50,dive"`
	Changes    []fileChange `json:"changes,omitempty" validate:"max=50,dive"`
	Key        *fileKey     `json:"key,omitempty"`
	Codes      []fileCode   `json:"codes,omitempty"   validate:"max=10,dive"`
}

// fileKey is Key on disk.
type fileKey struct {
	Status string `json:"status" validate:"required,oneof=verified unattested"`
	About  string `json:"about"  validate:"required,max=1000"`
	Source string `json:"source" validate:"required,max=1000"`
}

// fileCode is Code on disk.
type fileCode struct {
	System   string `json:"system"   validate:"required,max=200,uri"`
	Code     string `json:"code"     validate:"required,max=64"`
	Display  string `json:"display"  validate:"required,max=200"`
	Of       string `json:"of"       validate:"required,oneof=total average"`
	Source   string `json:"source"   validate:"required,max=1000"`
	Verified *bool  `json:"verified" validate:"required"`
}

// fileCutoff is Cutoff on disk.
type fileCutoff struct {
	Population string   `json:"population" validate:"required,max=200"`
	Label      string   `json:"label"      validate:"required,max=200"`
	Value      *float64 `json:"value"      validate:"required"`
	Applies    string   `json:"applies"    validate:"required,oneof=at_or_above below"`
	Source     string   `json:"source"     validate:"required,max=1000"`
	Verified   *bool    `json:"verified"   validate:"required"`
}

// fileChange is ReliableChange on disk.
type fileChange struct {
	Population string   `json:"population" validate:"required,max=200"`
	Value      *float64 `json:"value"      validate:"required,gt=0"`
	Source     string   `json:"source"     validate:"required,max=1000"`
	Verified   *bool    `json:"verified"   validate:"required"`
}
