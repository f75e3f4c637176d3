#!/bin/sh
echo 'Hello from the disc'
