# The rules of docs/alarms.md, written anew from that page.
#
#   Rscript rules.R            writes rules.json: three drawn groups with gaps, the
#                              scale, and what the rules find
#   Rscript rules.R 40 8 8     counts false alarms and falls that are seen: practices,
#                              groups, members [sd 1, weather 0, correlation 0, normal]
suppressMessages(library(jsonlite))
ends <- c(-Inf, Inf)

# The scale from matrices of weeks by members.
scale_of <- function(groups) {
  squares <- 0; df <- 0; means <- c(); inverse <- c()
  for (Y in groups) for (t in 2:nrow(Y)) {
    from <- sapply(seq_len(ncol(Y)), function(i) { b <- which(!is.na(Y[seq_len(t - 1), i])); if (length(b)) max(b) else NA })
    made <- which(!is.na(Y[t, ]) & !is.na(from))
    for (w in unique(from[made])) {
      who <- made[from[made] == w]
      if (length(who) < 2) next
      d <- Y[t, who] - Y[w, who]
      squares <- squares + sum((d - mean(d))^2); df <- df + length(d) - 1
      means <- c(means, mean(d)); inverse <- c(inverse, 1 / length(d))
    }
  }
  within2 <- squares / df / 2
  weather2 <- max(0, mean(means^2) / 2 - within2 * mean(inverse))
  levels <- unlist(lapply(groups, colMeans, na.rm = TRUE)); n <- unlist(lapply(groups, function(Y) colSums(!is.na(Y))))
  levels <- levels[n > 0]; n <- n[n > 0]
  list(within = sqrt(within2), weather = sqrt(weather2), between = sqrt(max(0, var(levels) - within2 * mean(1 / n))), mean = mean(levels))
}

# What is found in one group: a list of week, member (0: the group), rule, z.
find <- function(Y, s, p) {
  found <- list(); compared <- integer(ncol(Y)); of_group <- 0; low <- rep(FALSE, ncol(Y)); limit <- qnorm(p)
  for (t in seq_len(nrow(Y))) {
    n <- sapply(seq_len(ncol(Y)), function(i) sum(!is.na(Y[seq_len(t - 1), i])))
    before <- lapply(seq_len(ncol(Y)), function(i) { b <- Y[seq_len(t - 1), i]; b[!is.na(b)] })
    known <- !is.na(Y[t, ]) & n > 0
    dev <- Y[t, ] - sapply(before, function(b) if (length(b)) mean(b) else NA)
    now <- list()
    for (i in which(!is.na(Y[t, ]))) {
      if (n[i] > 0) {
        others <- setdiff(which(known), i); m <- length(others)
        shift <- if (m) mean(dev[others]) else 0
        expected <- min(ends[2], max(ends[1], mean(before[[i]]) + shift))
        unit <- sqrt(1 + 1 / n[i] + if (m) sum(1 + 1 / n[others]) / m^2 else 0)
        compared[i] <- compared[i] + 1
        z <- (Y[t, i] - expected) / (s$within * unit)
        own <- if (n[i] >= 4) sd(before[[i]]) else 0
        fell <- Y[t, i] < mean(before[[i]])
        if (z <= limit && fell) now <- c(now, list(list(t, i, "drop_beside_the_others", z)))
        else if (own > 0) {
          compared[i] <- compared[i] + 1
          z <- (Y[t, i] - expected) / (own * unit)
          if (z <= qt(p, n[i] - 1) && fell) now <- c(now, list(list(t, i, "drop_by_own_spread", z)))
        }
      }
      compared[i] <- compared[i] + 1
      z <- (Y[t, i] - s$mean) / sqrt(s$between^2 + s$within^2 + s$weather^2)
      if (z <= limit && !low[i]) now <- c(now, list(list(t, i, "low_level", z)))
      low[i] <- z <= limit
    }
    if (sum(known) >= 2) {
      of_group <- of_group + 1
      fell <- function(who) mean(dev[who]) / sqrt(sum(1 + 1 / n[who]) / length(who)^2 * s$within^2 + s$weather^2)
      who <- which(known); lowest <- who[which.min(dev[who])]
      if (fell(who) <= limit && fell(setdiff(who, lowest)) <= limit) now <- list(list(t, 0, "the_whole_group", fell(who)))
    }
    found <- c(found, now)
  }
  list(found = found, compared = compared, of_group = of_group)
}

draw <- function(weeks, m, sd, weather, auto, kind, from = Inf, fall = 0) {
  levels <- rnorm(m, if (kind == "ceiling") 9 else 6, 1.2); e <- rnorm(m); Y <- matrix(0, weeks, m)
  for (t in seq_len(weeks)) {
    e <- auto * e + sqrt(1 - auto^2) * rnorm(m)
    y <- levels + sd * sqrt(weather) * rnorm(1) + sd * sqrt(1 - weather) * e
    if (t >= from) y[1] <- y[1] - fall * sd
    Y[t, ] <- if (kind == "normal") y else round(pmin(10, pmax(0, y)))
  }
  Y
}

args <- commandArgs(TRUE)
if (length(args) == 0) {
  set.seed(12); ends <- c(0, 10); p <- 0.05
  groups <- lapply(c(5, 4, 2), function(m) {
    Y <- draw(16, m, 1.2, 0.25, 0, "integer"); Y[runif(length(Y)) < 0.15] <- NA
    Y[7, ] <- NA; Y[12, ] <- pmax(0, Y[12, ] - 5); Y[9, 1] <- 1; Y[14:15, 1] <- 0
    Y[, m] <- 6 + seq_len(16) %% 2; Y[10, m] <- 3; Y
  })
  s <- scale_of(groups)
  out <- lapply(groups, function(Y) { r <- find(Y, s, p); list(values = Y, compared = r$compared, of_group = r$of_group,
    found = lapply(r$found, function(a) list(week = a[[1]] - 1, member = a[[2]] - 1, rule = a[[3]], z = a[[4]]))) })
  write(toJSON(list(p = p, lowest = 0, highest = 10, scale = s, groups = out), auto_unbox = TRUE, digits = NA, na = "null", pretty = FALSE), "rules.json")
} else {
  set.seed(11)
  num <- function(i, d) if (length(args) >= i) as.numeric(args[i]) else d
  practices <- num(1, 40); G <- num(2, 8); m <- num(3, 8); sd <- num(4, 1); weather <- num(5, 0); auto <- num(6, 0)
  kind <- if (length(args) >= 7) args[7] else "normal"
  if (kind != "normal") ends <- c(0, 10)
  p <- 0.25 / (3 * m + 1); alarms <- 0; compared <- 0; at <- c(0, 0, 0); soon <- c(0, 0, 0)
  for (k in seq_len(practices)) {
    groups <- lapply(seq_len(G), function(g) draw(20, m, sd, weather, auto, kind)); s <- scale_of(groups)
    for (Y in groups) { r <- find(Y, s, p); alarms <- alarms + length(r$found); compared <- compared + sum(r$compared) + r$of_group }
    for (f in 1:3) {
      r <- find(draw(15, m, sd, weather, auto, kind, 13, f), s, p)$found
      weeks <- unlist(lapply(r, function(a) if (a[[2]] == 1) a[[1]]))
      at[f] <- at[f] + (13 %in% weeks); soon[f] <- soon[f] + any(weeks >= 13)
    }
  }
  weeks <- practices * G * 19
  cat(sprintf("false alarms a week %.3f (standard error %.3f), by chance %.3f; falls seen the same week %s %%, within three %s %%\n",
    alarms / weeks, sqrt(alarms) / weeks, compared * p / weeks, paste(round(100 * at / practices), collapse = ", "), paste(round(100 * soon / practices), collapse = ", ")))
}
