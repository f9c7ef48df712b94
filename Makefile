# Mỗi lệnh tự chuẩn bị những gì nó cần; lần sau chạy ngay. Each command does its own set-up.
boot = sh setup/bootstrap.sh
# To Ctrl-C, a Python that starts has only a traceback to say: it listens when it has an answer.
deaf = trap '' INT
export JUPYTER_CONFIG_PATH := $(CURDIR)/setup/jupyter
# Without compiled modules everything starts two to three times slower. The other two would bring
# modules from elsewhere.
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME

ifdef GPU
  env = gpu
  venv = .venv-gpu
else
  env = lab
  venv = .venv
endif

# Not what a shell happens to have under these names.
ifeq ($(origin PYTHON),environment)
  PYTHON =
endif
ifeq ($(origin SOLUTIONS),environment)
  SOLUTIONS =
endif
# Every command of the book gets it: what it cannot do, it refuses.
book = $(boot) book && .venv-book/bin/python -m authoring.book
solutions = $(SOLUTIONS:%=solutions=%)

.PHONY: help lab check edit run grade test test-long book site pdf epub worksheet wheel handout usb load
help: ## liệt kê các lệnh
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 20

lab: ## mở bản notebook của riêng bạn trong JupyterLab (GPU=1: bản MXNet cho GPU NVIDIA)
	@$(boot) $(env) && trap 'exit 130' INT && lab=$$($(deaf); $(venv)/bin/python -m authoring.workspace) && $(deaf) && $(venv)/bin/jupyter lab "$$lab/index_vn.ipynb"

check: ## chạy mọi notebook, so từng đầu ra với trang (PYTHON=3.13: bằng Python ấy)
	@$(boot) lab $(PYTHON) && .venv$(PYTHON:%=-%)/bin/python -m authoring.reproduce

edit: ## mở các notebook gốc để viết
	@$(boot) lab && $(deaf) && .venv/bin/jupyter trust notebooks/*.ipynb && .venv/bin/jupyter lab notebooks/index_vn.ipynb

run: ## chạy notebook và lưu đầu ra: make run NB=notebooks/index_vn.ipynb
	@# A name with spaces is one notebook, names with spaces between are several.
	@set -- $(NB) && if [ -e "$(NB)" ]; then set -- "$(NB)"; fi && $(boot) test && .venv-test/bin/python -m authoring.execute "$$@"

grade: ## chấm một thư mục bài nộp, mỗi bài trong một sandbox: make grade IN=bai-nop
	@$(boot) lab && $(deaf) && .venv/bin/python -m authoring.grade "$(IN)"

test: ## chạy mọi phép thử, kể cả mọi notebook
	@$(boot) test && .venv-test/bin/python -m pytest

test-long: ## như make test, thêm các phép thử dài
	@$(boot) test && .venv-test/bin/python -m pytest -m ''

book: ## dựng sách tĩnh vào book/html
	@$(book) $(solutions)

site: ## như make book, thêm PDF và EPUB của từng mục và cả sách để tải về (cần Chromium)
	@$(book) complete $(solutions)

pdf: ## dựng sách thành một tệp PDF khổ A4 (cần Chromium; SOLUTIONS=no: bỏ lời giải)
	@$(book) pdf $(solutions)

epub: ## dựng sách thành một tệp EPUB cho máy đọc sách (SOLUTIONS=no: bỏ lời giải)
	@$(book) epub $(solutions)

worksheet: ## in bài tập của một mục, có chỗ để viết: make worksheet NB=notebooks/parameters_vn.ipynb
	@$(book) worksheet "$(NB)" $(solutions)

wheel: ## dựng gói d2lutil để cài ở nơi khác (Colab, Kaggle, pip; SOLUTIONS=no: bỏ lời giải)
	@$(boot) lab && .venv/bin/python -m authoring.wheel $(solutions)

handout: ## mỗi mục một tệp .zip để phát cho lớp, không kèm lời giải (cần Chromium)
	@$(boot) book && .venv-book/bin/python -m authoring.handout $(solutions)

load: ## thử một lớp học N học viên trên máy này, cần root: sudo make load N=30
	@$(boot) test && .venv-test/bin/python -m deploy.load $(N)

usb: ## dựng dist/usb: chép vào USB rồi cài và học ở máy không có mạng (cần Chromium)
	@$(book) complete && $(boot) lab && PATH="$$PATH:.uv/bin" .venv/bin/python -m authoring.usb
