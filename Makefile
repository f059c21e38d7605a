# The few commands people type; `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:

MARTLET := .build/debug/martlet
STAND_IN := .build/debug/mock-upstream
WITH_TLS := .build/tls
RELEASE := .build/release/martlet
VENV := .build/venv
OUTPUT := Tests/output
# Of fuzzing: seconds for each target, which (all unless some are named, with commas between them), and how many at a time.
SECONDS_EACH := 900
ONLY :=
AT_A_TIME := $(shell nproc)
# Where nobody debugs, of debug information the lines alone: less to build. The index is for editors, but SwiftPM finds
# the tests by it as well, and fuzzing takes single files out of that build: only what has neither is built without an
# index, and each module as a whole.
LEAN := $(if $(CI),-Xswiftc -gline-tables-only)
LEANEST := $(if $(CI),$(LEAN) --disable-index-store -Xswiftc -wmo -Xswiftc -num-threads -Xswiftc $(shell nproc))

# Debian packages: to build and run; to test (Apache without its service, nginx, Chromium with a typeface; of PostgreSQL only
# its programs are used, not the server Debian may start); to measure (of Glewlwyd, too, only the program).
BUILD_PACKAGES := libssl-dev libsqlite3-dev libpq-dev libjansson-dev libsodium-dev libcurl4-openssl-dev libmaxminddb-dev libcrypt-dev \
  libcbor-dev libqrencode-dev pkg-config
TEST_PACKAGES := openssl oathtool postgresql procps curl python3 python3-venv apache2-bin libapache2-mod-auth-openidc \
  nginx-light chromium chromium-driver fonts-liberation default-jre-headless
BENCH_PACKAGES := openssl python3 python3-venv wrk gcc libc6-dev postgresql procps glewlwyd

# $(call install,PACKAGES): by name, and only those that are missing.
define install
missing=()
for package in $(1); do
  [[ $$(dpkg-query -W -f='$${db:Status-Status}' "$$package" 2>/dev/null || true) == installed ]] || missing+=("$$package")
done
if (( $${#missing[@]} )); then
  echo "Installing $${missing[*]}"
  as=(); (( $$(id -u) == 0 )) || as=(sudo)
  "$${as[@]}" apt-get update -qq
  "$${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$${missing[@]}" </dev/null
fi
endef

# $(call pytest,NAME,SUFFIX,OPTIONS): the outside tests in Tests/NAME. The outcome is read from the report, where a skipped
# test shows. Several files at a time, for they wait more than they work; what compares times runs by itself.
pytest = $(VENV)/bin/python -m pytest -p no:cacheprovider -q -ra --junitxml=$(OUTPUT)/$(1)$(2).xml $(3) Tests/$(1)
together = -n 4 --no-loadscope-reorder -m 'not alone'
alone = -m alone

.PHONY: help packages build tls release run demo test tests-built unit fuzz fuzz-built check bench experiments clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

packages: ## Install the Debian packages that are missing for building
	@command -v swift >/dev/null || { echo "Swift 6.3 is needed: see https://www.swift.org/install" >&2; exit 1; }
	$(call install,$(BUILD_PACKAGES))

build: packages ## Build
	@swift build $(LEAN) --product martlet

tls: packages ## Build with TLS on the public listener, beside the other build
	@swift build $(LEANEST) --traits TLS --scratch-path $(WITH_TLS) --product martlet

release: packages ## Build for production: .build/release/martlet, which brings Swift's libraries with it
	@swift build -c release --static-swift-stdlib --product martlet

run: build ## Build and serve on http://localhost:8080
	@exec $(MARTLET) serve

demo: build ## Serve, and run a demo app beside it on http://localhost:8081, with stand-ins for GitHub, Google and others
	@trap 'kill $${demo:-} $${server:-} $${providers:-} 2>/dev/null || true; wait' EXIT
	swift build --product mock-upstream || true
	# Whoever has providers of their own has no use for others.
	if grep -qs '^providers' martlet.yaml; then
	  echo 'martlet.yaml has providers to sign in by; nothing stands in for them.' >&2
	elif [[ -x $(STAND_IN) ]]; then
	  $(STAND_IN) --listen 127.0.0.1:8083 --choose >&2 & providers=$$!
	  until (exec 3<>/dev/tcp/127.0.0.1/8083) 2>/dev/null; do kill -0 $$providers 2>/dev/null || break; sleep 0.1; done
	fi
	if kill -0 $${providers:-} 2>/dev/null; then
	  for provider in GITHUB GOOGLE DISCORD FACEBOOK; do
	    export MARTLET_PROVIDERS_$${provider}_CLIENT_ID=stand-in-client \
	      MARTLET_PROVIDERS_$${provider}_CLIENT_SECRET=stand-in-secret \
	      MARTLET_PROVIDERS_$${provider}_BASE_URL=http://127.0.0.1:8083/$${provider,,}
	  done
	else
	  echo 'The demo goes on without providers to sign in by.' >&2
	fi
	$(MARTLET) demo & demo=$$!
	# Once it listens it has registered itself, so that the server finds it.
	until (exec 3<>/dev/tcp/127.0.0.1/8081) 2>/dev/null; do kill -0 $$demo; sleep 0.1; done
	MARTLET_SIGN_UP_MODE=$${MARTLET_SIGN_UP_MODE:-open} $(MARTLET) serve & server=$$!
	wait -n

test: tests-built tls $(VENV)/ready ## Build, and run every test: in process, fuzzed, with client apps, in a browser
	@$(call install,$(TEST_PACKAGES))
	rm -rf $(OUTPUT) && mkdir -p $(OUTPUT)
	status=0
	$(MAKE) --no-print-directory unit || status=1
	$(MAKE) --no-print-directory fuzz SECONDS_EACH=30 AT_A_TIME=4 || status=1
	$(call pytest,Clients,,$(together)) || true
	$(call pytest,Clients,-alone,$(alone)) || true
	export MARTLET_TEST_ENGINE=postgresql
	$(call pytest,Clients,-postgresql,$(together)) || true
	$(call pytest,Clients,-postgresql-alone,$(alone)) || true
	unset MARTLET_TEST_ENGINE
	$(call pytest,Browser,,$(together)) || true
	$(VENV)/bin/python Tests/Clients/outcome.py \
	  $(OUTPUT)/{Clients,Clients-alone,Clients-postgresql,Clients-postgresql-alone,Browser}.xml || status=1
	exit $$status

unit: tests-built ## Build, and run the tests in process alone
	@$(call install,openssl postgresql procps)
	# Tests that start programs run by themselves: with the open files of all the others beside them,
	# Foundation's Process has crashed.
	apart='CertificateTests|ProcessTests'
	# All tests at once are some thousand threads, and servers that answer too late: so many at a time.
	export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=16
	failed=0
	swift test --skip-build --filter "$$apart" 2>&1 | tee .build/swift-test.log || failed=1
	swift test --skip-build --skip "$$apart" 2>&1 | tee -a .build/swift-test.log || failed=1
	# Whole journeys once more, on the other engine; the rooms below are proved on both in one run. Each starts processes of
	# a server for a database of its own, and half as many at once keep the machine as busy.
	export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=8
	MARTLET_TEST_ENGINE=postgresql swift test --skip-build --filter JourneyTests 2>&1 | tee -a .build/swift-test.log || failed=1
	# Of thousands of lines, at the end those that say what failed.
	if (( failed )); then
	  echo "These failed:" >&2
	  grep -A 4 -E '^[^ ]+ Test .* recorded an issue' .build/swift-test.log || tail -n 20 .build/swift-test.log
	  exit 1
	fi
	if grep -E '^[^ ]+ (Test|Suite) .* skipped([.:]|$$)' .build/swift-test.log; then echo "A test was skipped." >&2; exit 1; fi

tests-built: packages
	@swift build $(LEAN) --build-tests

fuzz: fuzz-built ## Give bytes that nobody expects to what reads outside bytes (SECONDS_EACH=900 ONLY=jwt,json)
	@python3 Tests/Fuzz/run.py --seconds $(SECONDS_EACH) --only "$(ONLY)" --jobs $(AT_A_TIME)

fuzz-built: build
	@$(call install,python3)
	python3 Tests/Fuzz/build.py

check: ## Look at the formatting and at the plan of the house
	@swift format lint --strict --recursive --parallel Package.swift Sources Tests
	$(MAKE) --no-print-directory tests-built
	swift test --skip-build --filter HousePlanTests

bench: release $(VENV)/ready ## Measure a release build beside the machine and a rival (15 minutes; BENCH=--help)
	@$(call install,$(BENCH_PACKAGES))
	$(VENV)/bin/python Tests/Load/bench $(BENCH)

experiments: release $(VENV)/ready ## Break a release build on purpose, five times each way (hours; OPTIONS='--only EX5 --runs 1')
	@$(call install,$(TEST_PACKAGES))
	# The stand-in of providers comes with the tests.
	[[ -x $(STAND_IN) ]] || swift build --product mock-upstream
	$(VENV)/bin/python Tests/Load/experiments $(OPTIONS)

# Every version is pinned, what the packages need included: nothing is left to be resolved.
$(VENV)/ready: Tests/requirements.txt
	@$(call install,python3 python3-venv)
	/usr/bin/python3 -m venv --clear $(VENV)
	$(VENV)/bin/pip install -q --disable-pip-version-check --no-deps -r Tests/requirements.txt
	touch $@

clean: ## Remove what was built; data, keys and clients stay
	@rm -rf .build $(OUTPUT)
