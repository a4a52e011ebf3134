# Reference values of package split: Rscript split.R > split.json
library(jsonlite)
apart <- expand.grid(members = 2:4, correlation = c(0, .3, .6), by = 1:3)
apart$rate <- with(apart, ptukey(by / sqrt(1 - correlation), members, Inf, lower.tail = FALSE))

# One departure, step by step: the prior of twelve pairs and one look.
set.seed(1)
sds <- rep(c(.8, 1.2, 1.9), 4)
pairs <- lapply(sds, function(s) round(rnorm(8, 0, s), 2))
v <- sapply(pairs, var)
d <- sapply(pairs, length) - 1
k <- length(pairs)
m <- sum(d * v) / sum(d)
c2 <- (sum((v - m)^2) - 2 * m^2 * sum(1 / d)) / (m^2 * (k + 2 * sum(1 / d)))
d0 <- 4 + 2 / c2
s0 <- m * (d0 - 2) / d0
own <- c(.5, -.25, .75, 0, 1)
last <- c(4.5, 5)
n <- length(own)
s <- sqrt((d0 * s0 + (n - 1) * var(own)) / (d0 + n - 1))
df <- min(d0 + n - 1, sum(d))
t1 <- (last[1] - mean(own)) / (s * sqrt(1 + 1 / n))
t2 <- (mean(last) - mean(own)) / (s * sqrt(1 / 2 + 1 / n))
p <- function(t) 2 * pt(-abs(t), df)

# What people's answers are like.
people <- list(c(5, 7, 6), c(8, 8), c(3, 4, 6, 5), c(9))
within <- sapply(people, function(y) mean((y - mean(y))^2))
means <- sapply(people, mean)
variance <- mean(within) + var(means)
several <- Filter(function(y) length(y) > 1, people)
stability <- 1 - mean(sapply(several, var)) / variance
families <- list(list(c(5, 7), c(6, 6, 8)), list(c(3, 4)), list(c(8, 9), c(2)))
cross <- sapply(families, function(f) {
  x <- unlist(lapply(f, function(y) if (length(y) > 1) combn(y, 2, function(p) (p[1] - mean(means)) * (p[2] - mean(means)))))
  mean(x)
})
toJSON(list(
  apart = apart, pairs = pairs, prior = list(variance = s0, df = d0, total = sum(d)), own = own, last = last,
  spread = s, df = df, p1 = p(t1), p2 = p(t2),
  people = people, mean = mean(means), variance = variance, stability = stability,
  families = families, correlation = mean(cross) / variance
), auto_unbox = FALSE, digits = NA, pretty = TRUE)
