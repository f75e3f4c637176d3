all:
	@sh hello.sh
