#!/bin/sh
PATH=/usr/bin:/bin
# compare_example.sh SERVER FILE: fails with the difference, and the command that ends it
if ! "$1" --print-config | diff -u "$2" -; then
  echo "the example is out of date: jobraker-server --print-config > config/jobraker.example.toml"
  exit 1
fi
