/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_TOKEN_CORPUS_H
#define ECLD_TOKEN_CORPUS_H

#include "format/tokenizer.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ecld
{

/// Texts as token ids, each from its begin token to its end token
struct TokenCorpus
{
    std::vector<std::vector<int32_t>> documents; ///< token ids
    int32_t endId{0};                            ///< ends a text; fills what is left of a row

    /// @return tokens of all documents
    int64_t CountTokens() const;
};

/**
 * @param texts UTF-8
 * @param tokenizer adds its begin token
 * @param endId is put behind each text
 * @return the texts as tokens
 */
TokenCorpus Tokenize(const std::vector<std::string>& texts,
                     const Tokenizer& tokenizer,
                     int32_t endId);

/// Rows of whole documents, for one step
struct TokenBatch
{
    int64_t rows{0};                ///< samples
    int64_t length{0};              ///< positions per row
    std::vector<int64_t> tokens;    ///< [rows, length]
    std::vector<int64_t> documents; ///< [rows, length] number of the document within its row
    std::vector<int64_t> targets;   ///< [rows, length] next token of the document, -100 for none
    std::vector<int64_t> used;      ///< [rows] positions that documents fill
};

/**
 * @brief Batches as a function of seed and step: nothing has to be remembered to go on.
 *
 * Each epoch shuffles the documents and fills rows with whole ones, best fit among a few open rows;
 * a document longer than a row is cut there. Rows run on over the ends of epochs.
 */
class BatchSequence
{
  public:
    /**
     * @param corpus what to read; must outlive this
     * @param rows per batch, > 0
     * @param length positions per row, > 1
     * @param seed of the shuffles
     * @throws std::invalid_argument for no documents, or a size that is out of range
     */
    BatchSequence(const TokenCorpus& corpus, int64_t rows, int64_t length, uint64_t seed);

    /// @param step from 0 @return the batch of that step; cheapest in ascending order
    TokenBatch Get(int64_t step);

    /// @return rows that the first epoch fills, so that every document is read once
    int64_t CountFirstRows() const;

  private:
    using Row = std::vector<std::size_t>; //!< documents of a row

    /// Shuffle and pack one epoch @param epoch from 0 @return its rows
    std::vector<Row> PackEpoch(int64_t epoch) const;
    /// @param row from 0, over all epochs @return its documents
    const Row& GetRow(int64_t row);

    const TokenCorpus& m_corpus;  //!< the documents
    int64_t m_rows;               //!< per batch
    int64_t m_length;             //!< positions per row
    uint64_t m_seed;              //!< of the shuffles
    int64_t m_epoch{0};           //!< the one in m_epochRows
    int64_t m_firstRow{0};        //!< number of its first row
    std::vector<Row> m_epochRows; //!< its rows
    int64_t m_firstRows;          //!< rows of the first epoch
};

} // namespace ecld

#endif // ECLD_TOKEN_CORPUS_H
