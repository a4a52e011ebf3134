package roundrobin

// pool puts groups together with the weights w_g = n_g − 1, u_g = w_g / Σ w:
//
//	θ = Σ u θ_g
//	lashley_bond:   SE² = Σ u² SE_g²,                              df = Σ w
//	between_groups: SE² = Σ u (θ_g − θ)² / (1 − Σ u²) / G,         df = G − 1
//
// (Lashley & Bond 1997; the second as in SOREMO, Kenny 1994). The variance of
// groups is that of their means without what their members put into it,
//
//	Var(M_g) − [ (v_a+v_b+2c_ab)/n̄ + (v_g+c_g)/(n̄(n̄−1)) ]
//
// with the pooled components and the mean size n̄: exact where sizes are equal.
func pool(groups []effects, u *unit) Pooled {
	var total, squared float64
	out := Pooled{Groups: len(groups)}
	for i := range groups {
		total += float64(groups[i].n - 1)
		out.Members += groups[i].n
	}
	var parts, within, between components
	for i := range groups {
		g := &groups[i]
		share := float64(g.n-1) / total
		squared += share * share
		errors := g.parts.sampling(g.n)
		for c := range parts {
			parts[c] += share * g.parts[c]
			within[c] += share * share * errors[c]
		}
	}
	for i := range groups {
		for c := range parts {
			d := groups[i].parts[c] - parts[c]
			between[c] += float64(groups[i].n-1) / total * d * d
		}
	}
	k := float64(len(groups))
	out.Estimates = parts.estimates(u)
	for c := range out.Estimates {
		out.Estimates[c].Tests = []Test{test(LashleyBond, c, parts[c], within[c], total, u)}
		if len(groups) > 1 {
			out.Estimates[c].Tests = append(out.Estimates[c].Tests, test(BetweenGroups, c, parts[c], between[c]/(1-squared)/k, k-1, u))
		}
	}
	out.GeneralReciprocity, out.DyadicReciprocity = parts.correlation(actorPartner, actor, partner), parts.correlation(dyadic, relationship, relationship)
	if len(groups) > 1 {
		out.GroupVariance = u.square(groupVariance(groups, &parts))
	}
	return out
}

// groupVariance is the variance of groups, which may come out below zero.
func groupVariance(groups []effects, parts *components) float64 {
	k := float64(len(groups))
	var mean, size, squares float64
	for i := range groups {
		mean += groups[i].mean / k
		size += float64(groups[i].n) / k
	}
	for i := range groups {
		squares += (groups[i].mean - mean) * (groups[i].mean - mean)
	}
	own := (parts[actor]+parts[partner]+2*parts[actorPartner])/size + (parts[relationship]+parts[dyadic])/(size*(size-1))
	return squares/(k-1) - own
}
