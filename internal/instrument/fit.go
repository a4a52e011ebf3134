package instrument

// RatersOf returns who may answer an item of this level that speaks of this
// referent; nil where level and referent do not fit together. This is where
// "cohesion is not the average of alliances" begins: an alliance item never
// speaks of the group, and a cohesion item never of the rater alone. (The "we"
// of an alliance questionnaire means the two, and is referent I or pair.)
func RatersOf(l Level, r Referent) []RaterKind {
	switch l {
	case Alliance, Encounter:
		return ratersOfPair(r)
	case Bond:
		// One member about another, in either voice; no one else can say.
		if r == ReferentI || r == ReferentPair {
			return []RaterKind{RaterMember}
		}
	case Cohesion, System:
		switch r {
		case ReferentWe:
			return []RaterKind{RaterMember, RaterTherapist, RaterObserver}
		case ReferentObserver:
			return []RaterKind{RaterTherapist, RaterObserver}
		case ReferentI, ReferentPair:
		}
	case MemberGroup:
		return ratersOfOneself(r, RaterTherapist, RaterObserver)
	case Outcome:
		// A caregiver's report about a child is one member's about another.
		return ratersOfOneself(r, RaterMember, RaterTherapist, RaterObserver)
	}
	return nil
}

// ratersOfOneself returns who may answer about a member's own standing or
// symptoms: the member, or those who judge from outside.
func ratersOfOneself(r Referent, outside ...RaterKind) []RaterKind {
	switch r {
	case ReferentI:
		return []RaterKind{RaterMember}
	case ReferentObserver:
		return outside
	case ReferentWe, ReferentPair:
	}
	return nil
}

// ratersOfPair returns who may answer about a therapist and a member.
func ratersOfPair(r Referent) []RaterKind {
	switch r {
	case ReferentI:
		return []RaterKind{RaterMember, RaterTherapist}
	case ReferentPair:
		return []RaterKind{RaterMember, RaterTherapist, RaterObserver}
	case ReferentObserver:
		return []RaterKind{RaterObserver}
	case ReferentWe:
	}
	return nil
}
