# Expected values of groups.csv: dummies and lines of members by lm, CR2 by hand
# from the hat matrix of the full model (every dummy in it), Satterthwaite's df
# from the same matrices. Run: Rscript groups.R (writes groups.csv, groups.json).
suppressMessages(library(jsonlite))
set.seed(20260105)
rows <- NULL
for (g in 1:7) for (m in 1:(3 + g %% 3)) {
  T <- 6 + (g + m) %% 4
  x <- rnorm(1, 5) + cumsum(rep(.05, T)); y <- rnorm(1, 20)
  xs <- ys <- numeric(T)
  for (s in 1:T) { xs[s] <- x[s] + rnorm(1); ys[s] <- y + (if (s > 1) .3 * (ys[s-1] - 20) - .4 * (xs[s-1] - x[s-1]) else 0) + rnorm(1) }
  keep <- runif(T) > .12
  rows <- rbind(rows, data.frame(group = paste0("g", g), member = paste0("g", g, "m", m), session = (1:T)[keep], x = round(xs, 2)[keep], y = round(ys, 2)[keep]))
}
write.csv(rows, "groups.csv", row.names = FALSE, quote = FALSE)
d <- read.csv("groups.csv")
d$key <- paste(d$member, d$session); before <- d[match(paste(d$member, d$session - 1), d$key), ]
oth <- function(v) sapply(seq_len(nrow(d)), function(i) { o <- d$group == d$group[i] & d$session == d$session[i] & seq_len(nrow(d)) != i; if (any(o)) mean(v[o]) else NA })
ox <- oth(d$x)[match(before$key, d$key)]; oy <- oth(d$y)[match(before$key, d$key)]
d$bx <- before$x; d$by <- before$y; d$ox <- ox; d$oy <- oy
p <- d[!is.na(d$bx), ]
msqrt <- function(A) { e <- eigen((A + t(A)) / 2, symmetric = TRUE); f <- ifelse(e$values > 1e-10, 1 / sqrt(pmax(e$values, 1e-300)), 0); e$vectors %*% (f * t(e$vectors)) }
cr2 <- function(fit, cl, name) {
  X <- model.matrix(fit); X <- X[, !is.na(coef(fit))]; M <- chol2inv(qr.R(qr(X)))[order(qr(X)$pivot), order(qr(X)$pivot)]
  M <- solve(crossprod(X)); H <- X %*% M %*% t(X); e <- resid(fit); j <- which(colnames(X) == name); n <- nrow(X)
  v <- 0; P <- NULL
  for (g in unique(cl)) { i <- cl == g; A <- msqrt(diag(sum(i)) - H[i, i, drop = FALSE]); a <- A %*% X[i, ] %*% M[, j]; v <- v + sum(a * e[i])^2
    P <- cbind(P, (diag(n) - H)[, i] %*% a) }
  G <- crossprod(P); c(se = sqrt(v), df = sum(diag(G))^2 / sum(G^2))
}
model <- function(formula, data, name) { fit <- lm(formula, data); s <- summary(fit)$coefficients; r <- cr2(fit, data$group, name)
  t <- s[name, 1] / r["se"]; list(b = s[name, 1], se = s[name, 2], df = fit$df.residual, cr2 = unname(r["se"]), cr2_df = unname(r["df"]), cr2_p = unname(2 * pt(-abs(t), r["df"]))) }
a <- p[!is.na(p$ox), ]
out <- list(
  pairs = nrow(p), pairs_adjusted = nrow(a),
  forward = list(raw = model(y ~ bx + by + member, p, "bx"), detrended = model(y ~ bx + by + member + member:session, p, "bx"), adjusted = model(y ~ bx + by + ox + oy + member + member:session, a, "bx")),
  backward = list(raw = model(x ~ bx + by + member, p, "by"), detrended = model(x ~ bx + by + member + member:session, p, "by"), adjusted = model(x ~ bx + by + ox + oy + member + member:session, a, "by")))
f <- lm(y ~ bx + by + ox + oy + member + member:session, a); u <- function(v) resid(lm(v ~ member + member:session, a))
out$standard_forward <- unname(coef(f)["bx"]) * sqrt(sum(u(a$bx)^2) / sum(u(a$y)^2))
f <- lm(x ~ bx + by + ox + oy + member + member:session, a)
out$standard_backward <- unname(coef(f)["by"]) * sqrt(sum(u(a$by)^2) / sum(u(a$x)^2))
write(toJSON(out, digits = 15, auto_unbox = TRUE, pretty = TRUE), "groups.json")
