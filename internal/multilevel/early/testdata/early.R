# Expected values of early.csv: lm with a dummy for every group, CR2 by hand from
# the hat matrix of the full model, Satterthwaite's df from the same matrices.
# Run: Rscript early.R (writes early.csv, early.json).
suppressMessages(library(jsonlite))
set.seed(20260212)
d <- NULL
for (g in 1:12) for (m in 1:(4 + g %% 4)) {
  u <- rnorm(1); b <- 18 + 4 * rnorm(1); bond <- 5 + u + rnorm(1); task <- 5 + u + rnorm(1); th <- 5 + .5 * u + rnorm(1)
  ch <- -2 - .8 * u + 2 * rnorm(1)
  f <- .6 * b + .9 * ch - 1.2 * u + 3 * rnorm(1) + g / 4
  d <- rbind(d, data.frame(group = sprintf("g%02d", g), member = paste0("m", m), bond = round(bond, 2), task = round(task, 2), therapist_bond = round(th, 2),
    baseline = round(b, 1), change = round(ch, 1), final = if (runif(1) < .15) NA else round(f, 1)))
}
d$therapist_bond[c(3, 20, 41)] <- NA
write.csv(d, "early.csv", row.names = FALSE, quote = FALSE, na = "")
d <- read.csv("early.csv")
msqrt <- function(A) { e <- eigen((A + t(A)) / 2, symmetric = TRUE); f <- ifelse(e$values > 1e-10, 1 / sqrt(pmax(e$values, 1e-300)), 0); e$vectors %*% (f * t(e$vectors)) }
cr2 <- function(fit, cl, name) {
  X <- model.matrix(fit); M <- solve(crossprod(X)); H <- X %*% M %*% t(X); e <- resid(fit); j <- which(colnames(X) == name); n <- nrow(X)
  v <- 0; P <- NULL
  for (g in unique(cl)) { i <- cl == g; A <- msqrt(diag(sum(i)) - H[i, i, drop = FALSE]); a <- A %*% X[i, , drop = FALSE] %*% M[, j]; v <- v + sum(a * e[i])^2; P <- cbind(P, (diag(n) - H)[, i, drop = FALSE] %*% a) }
  G <- crossprod(P); c(se = sqrt(v), df = sum(diag(G))^2 / sum(G^2))
}
one <- function(fit, small, cl, name, sdx, sdy) {
  s <- summary(fit)$coefficients; r <- cr2(fit, cl, name)
  list(n = length(cl), b = s[name, 1], se = s[name, 2], df = fit$df.residual, cr2 = unname(r["se"]), cr2_df = unname(r["df"]), beta = s[name, 1] * sdx / sdy,
    partial = sign(s[name, 1]) * sqrt(1 - deviance(fit) / deviance(small)))
}
w <- function(v, g) v - ave(v, g)
measure <- function(x) {
  p <- d[!is.na(d$final) & !is.na(d[[x]]), ]; p$x <- p[[x]]
  whole <- one(lm(final ~ baseline + change + x, p), lm(final ~ baseline + change, p), p$group, "x", sd(p$x), sd(p$final))
  f <- lm(final ~ baseline + change + x + group, p); f0 <- lm(final ~ baseline + change + group, p)
  within <- one(f, f0, p$group, "x", sqrt(sum(w(p$x, p$group)^2)), sqrt(sum(w(p$final, p$group)^2)))
  within$increment <- (deviance(f0) - deviance(f)) / sum(w(p$final, p$group)^2)
  a <- aggregate(p[c("final", "baseline", "change", "x")], p["group"], mean)
  between <- one(lm(final ~ baseline + change + x, a), lm(final ~ baseline + change, a), a$group, "x", sd(a$x), sd(a$final))
  list(whole = whole, within = within, between = between)
}
both <- d[!is.na(d$final) & !is.na(d$therapist_bond), ]
beta <- function(x) { f <- lm(final ~ baseline + change + both[[x]] + group, both); unname(coef(f)[4]) * sqrt(sum(w(both[[x]], both$group)^2) / sum(w(both$final, both$group)^2)) }
p <- d[!is.na(d$final), ]; f <- lm(final ~ baseline + change + bond + task + group, p)
gone <- is.na(d$final)
write(toJSON(list(bond = measure("bond"), therapist = measure("therapist_bond"), raters = beta("bond") - beta("therapist_bond"),
  parts = unname(coef(f)[c("bond", "task")]) * c(sqrt(sum(w(p$bond, p$group)^2)), sqrt(sum(w(p$task, p$group)^2))) / sqrt(sum(w(p$final, p$group)^2)),
  gone = sum(gone), difference = mean(d$bond[gone]) - mean(d$bond[!gone])), digits = 15, auto_unbox = TRUE, pretty = TRUE), "early.json")
