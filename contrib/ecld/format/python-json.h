/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_PYTHON_JSON_H
#define ECLD_PYTHON_JSON_H

#include "base/json-document.h"

#include <string>

namespace ecld
{

/**
 * @brief Parse a document that Python wrote, as ParseJson but for numbers that are not finite.
 *
 * Python writes and reads NaN, Infinity and 1e999, which JSON does not have. They become texts, so
 * that only who reads them as a number fails.
 *
 * @param text the document
 * @param file what messages call it
 * @return the document
 * @throws std::runtime_error as ParseJson
 */
nlohmann::json ParsePythonJson(const std::string& text, const std::string& file);

} // namespace ecld

#endif // ECLD_PYTHON_JSON_H
