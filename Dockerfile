# syntax=docker/dockerfile:1
#
# The gate as an image: Node, the compiled program and the packages that it needs, for a user without rights on a root
# file system that may be read-only. Everything that it writes is in /data (the store and its master key).
#
#   docker build -t s3warden .
#   docker run --read-only --cap-drop ALL -p 127.0.0.1:8484:8484 -v s3warden:/data s3warden
#
# config/compose.example.yaml and config/kubernetes-sidecar.example.yaml put it in front of a MinIO.
ARG NODE_IMAGE=node:24.11.1-trixie-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run -s build

# Packages for running only. better-sqlite3 brings its sources and a library for every platform: one of them is needed.
FROM ${NODE_IMAGE} AS packages
WORKDIR /packages
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/better-sqlite3/deps node_modules/better-sqlite3/src \
  && find node_modules/better-sqlite3/prebuilds -type f ! -name "linux-$(node -p process.arch).node" -delete \
  && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete

FROM ${NODE_IMAGE}
# 8 s to drain, since Docker's own stop period is 10 s: raise both together where uploads take longer.
ENV NODE_ENV=production \
    S3WARDEN_DATA=/data \
    S3WARDEN_LISTEN=0.0.0.0:8484 \
    S3WARDEN_HEALTH_LISTEN=127.0.0.1:8485 \
    S3WARDEN_TIMEOUTS_DRAIN=8s
WORKDIR /app
COPY package.json LICENSE ./
COPY --from=packages /packages/node_modules ./node_modules
COPY --from=build /build/dist ./dist
# Volumes take over who owns it.
RUN install -d -o 1000 -g 1000 -m 0700 /data
VOLUME ["/data"]
USER 1000:1000
EXPOSE 8484
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=20s --retries=3 \
  CMD ["node", "/app/dist/s3warden.js", "health"]
ENTRYPOINT ["node", "/app/dist/s3warden.js"]
CMD ["serve"]
