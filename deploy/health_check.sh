#!/usr/bin/env bash
# health_check.sh [PORT]: succeeds if the service on this machine is ready. It is the health check of the image, which has no
# HTTP client.
set -euo pipefail
exec 3<> "/dev/tcp/127.0.0.1/${1:-5000}"
printf 'GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
read -r -t 2 _ status _ <&3
[ "$status" = 200 ]
