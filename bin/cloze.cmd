@echo off
setlocal
set ELECTRON_RUN_AS_NODE=1
if not defined CLOZE_NODE set CLOZE_NODE=node
"%CLOZE_NODE%" "%~dp0..\dist\cli.js" %*
