/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_SENTENCE_PIECE_JSON_H
#define ECLD_SENTENCE_PIECE_JSON_H

#include "base/json-document.h"
#include "sentence-piece.h"
#include "tokenizer-tables.h"

#include <string>

namespace ecld
{

// What tokenizer.json says of a tokenizer that was converted from SentencePiece. All functions
// throw std::runtime_error, one line naming file and field.

/// @param step a Replace @return the text that is replaced
std::string ReadReplaced(const base::JsonObject& step);

/// @param step the pre-tokeniser @return where it puts the mark of a blank
SpacePrefix ReadMetaspace(const base::JsonObject& step);

/// @param step of the decoder @return whether it strips a blank before a text
bool ReadMarkDecoder(const base::JsonObject& step);

/**
 * @brief Recognise what llama.cpp does: blanks become marks, with one before a text or without.
 * @param tables normaliser and pre-tokeniser are read, kind is set
 */
void FindSentencePiece(TokenizerTables& tables);

} // namespace ecld

#endif // ECLD_SENTENCE_PIECE_JSON_H
