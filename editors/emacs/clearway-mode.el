;;; clearway-mode.el --- Clearway, a language for releases -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0
;; Version: 0.1.0
;; Package-Requires: ((emacs "27.1"))
;; Keywords: languages

;;; Commentary:

;; Colours, comments and indentation; `clearway lsp' does the rest through eglot or lsp-mode.

;;; Code:

(defconst clearway-kinds
  '("alert" "approval" "calendar" "checklist" "dataset" "environment" "flag" "freeze" "gate" "identity" "infrastructure" "journey" "library" "limit" "metric" "milestone" "policy" "quarantine" "release" "resource" "retention" "retrospective" "role" "rollout" "secret" "service" "team" "test" "together" "triage" "vendor" "waiver" "window")
  "The words that start declarations.")

(defconst clearway-units
  '("B" "B/s" "GB" "GB/s" "GiB" "KB" "KB/s" "KiB" "MB" "MB/s" "MiB" "TB" "business-day" "business-days" "byte" "bytes" "d" "day" "days" "h" "hour" "hours" "kB" "m" "major" "millisecond" "milliseconds" "min" "minor" "minute" "minutes" "month" "months" "ms" "quarter" "quarters" "rpm" "rps" "s" "sec" "second" "seconds" "w" "week" "weeks" "year" "years")
  "The units of numbers.")

(defvar clearway-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?/ ". 124b" table)
    (modify-syntax-entry ?* ". 23" table)
    (modify-syntax-entry ?\n "> b" table)
    (modify-syntax-entry ?- "_" table)
    (modify-syntax-entry ?_ "_" table)
    (modify-syntax-entry ?\" "\"" table)
    table)
  "Comments, names and texts.")

(defconst clearway-font-lock-keywords
  `((,(concat "^" (regexp-opt clearway-kinds 'symbols) "\\(?:[ \t]+\\([A-Za-z_][A-Za-z0-9_.-]*\\)\\)?")
     (1 font-lock-keyword-face) (2 font-lock-type-face nil t))
    (,(regexp-opt '("use" "let" "as" "if" "then" "else" "for" "in" "and" "or" "not") 'symbols)
     . font-lock-keyword-face)
    (,(regexp-opt '("true" "false") 'symbols) . font-lock-constant-face)
    ("\\_<\\([A-Za-z_][A-Za-z0-9_-]*\\)[ \t]*=[^=]" 1 font-lock-variable-name-face)
    ("\\_<\\([A-Za-z_][A-Za-z0-9_-]*\\)(" 1 font-lock-function-name-face)
    ("[\\^~]?\\_<[0-9]+\\.[0-9]+\\.[0-9][0-9A-Za-z.+-]*" . font-lock-constant-face)
    (,(concat "\\_<[0-9][0-9._]*[ \t]*" (regexp-opt clearway-units t) "\\_>") 1 font-lock-type-face))
  "Colours; those of the server go over them.")

(defvar clearway-indent 2
  "How far a block is indented.")

(defun clearway-indent-line ()
  "Indent the line as deep as the brackets around it."
  (interactive)
  (let* ((depth (save-excursion
                  (back-to-indentation)
                  (let ((outer (car (syntax-ppss))))
                    (if (looking-at "[]})]") (1- outer) outer))))
         (column (* clearway-indent (max 0 depth))))
    (if (<= (current-column) (current-indentation))
        (indent-line-to column)
      (save-excursion (indent-line-to column)))))

;;;###autoload
(define-derived-mode clearway-mode prog-mode "Clearway"
  "Major mode for Clearway."
  (setq-local comment-start "// ")
  (setq-local comment-end "")
  (setq-local font-lock-defaults '(clearway-font-lock-keywords))
  (setq-local indent-line-function #'clearway-indent-line)
  (setq-local indent-tabs-mode nil))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.cw\\'" . clearway-mode))

(defvar eglot-server-programs)
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(clearway-mode . ("clearway" "lsp"))))

(declare-function lsp-register-client "lsp-mode")
(declare-function make-lsp-client "lsp-mode")
(declare-function lsp-stdio-connection "lsp-mode")
(defvar lsp-language-id-configuration)
(with-eval-after-load 'lsp-mode
  (add-to-list 'lsp-language-id-configuration '(clearway-mode . "clearway"))
  (lsp-register-client
   (make-lsp-client :new-connection (lsp-stdio-connection '("clearway" "lsp"))
                    :major-modes '(clearway-mode)
                    :server-id 'clearway)))

(provide 'clearway-mode)

;;; clearway-mode.el ends here
