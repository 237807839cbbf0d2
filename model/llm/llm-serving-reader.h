/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_SERVING_READER_H
#define LLM_SERVING_READER_H

// Private to model/llm, as llm-json-reader.h is.

#include "llm-json-reader.h"
#include "llm-serving.h"

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Read the object `serving` of a document, with checks.
 * @param object the object
 * @return what it says, every member within its range
 * @throws std::runtime_error one line that names the file, the field, what is there and what was
 *         expected
 */
LlmServing ReadLlmServingObject(const LlmJsonObject& object);

} // namespace llmmec
} // namespace ns3

#endif // LLM_SERVING_READER_H
