/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "token-corpus.h"

#include "base/random-stream.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace ecld
{

namespace
{

const int64_t noTarget = -100;

/// Rows that are filled side by side: more waste less, fewer shuffle better
const std::size_t mostOpenRows = 16;

/// A row that still takes documents
struct OpenRow
{
    std::vector<std::size_t> documents; ///< so far
    int64_t room;                       ///< positions left
};

} // namespace

int64_t
TokenCorpus::CountTokens() const
{
    int64_t count = 0;
    for (const std::vector<int32_t>& document : documents)
    {
        count += int64_t(document.size());
    }
    return count;
}

TokenCorpus
Tokenize(const std::vector<std::string>& texts, const Tokenizer& tokenizer, int32_t endId)
{
    TokenCorpus corpus;
    corpus.endId = endId;
    corpus.documents.reserve(texts.size());
    for (const std::string& text : texts)
    {
        std::vector<int32_t> ids = tokenizer.Encode(text, true);
        ids.push_back(endId);
        corpus.documents.push_back(std::move(ids));
    }
    return corpus;
}

BatchSequence::BatchSequence(const TokenCorpus& corpus, int64_t rows, int64_t length, uint64_t seed)
    : m_corpus(corpus),
      m_rows(rows),
      m_length(length),
      m_seed(seed)
{
    if (corpus.documents.empty())
    {
        throw std::invalid_argument("corpus: no documents");
    }
    if (rows < 1)
    {
        throw std::invalid_argument("rows: " + std::to_string(rows) + " is not positive");
    }
    if (length < 2)
    {
        throw std::invalid_argument("length: " + std::to_string(length) + " is below 2");
    }
    m_epochRows = PackEpoch(0);
    m_firstRows = int64_t(m_epochRows.size());
}

int64_t
BatchSequence::CountFirstRows() const
{
    return m_firstRows;
}

std::vector<BatchSequence::Row>
BatchSequence::PackEpoch(int64_t epoch) const
{
    std::vector<std::size_t> order(m_corpus.documents.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    base::RandomStream(m_seed, uint64_t(epoch)).Shuffle(order.begin(), order.end());

    std::vector<Row> rows;
    std::vector<OpenRow> open;
    const auto close = [&](std::vector<OpenRow>::iterator row) {
        rows.push_back(std::move(row->documents));
        open.erase(row);
    };
    for (const std::size_t document : order)
    {
        const int64_t size = std::min(int64_t(m_corpus.documents[document].size()), m_length);
        const auto best =
            std::min_element(open.begin(), open.end(), [&](const auto& a, const auto& b) {
                return std::make_pair(a.room < size, a.room) <
                       std::make_pair(b.room < size, b.room);
            });
        if (best != open.end() && best->room >= size)
        {
            best->documents.push_back(document);
            best->room -= size;
            continue;
        }
        if (open.size() == mostOpenRows)
        {
            close(std::min_element(open.begin(), open.end(), [](const auto& a, const auto& b) {
                return a.room < b.room;
            }));
        }
        open.push_back({{document}, m_length - size});
    }
    while (!open.empty())
    {
        close(open.begin());
    }
    return rows;
}

const BatchSequence::Row&
BatchSequence::GetRow(int64_t row)
{
    if (row < m_firstRow)
    {
        m_epoch = 0;
        m_firstRow = 0;
        m_epochRows = PackEpoch(0);
    }
    while (row >= m_firstRow + int64_t(m_epochRows.size()))
    {
        m_firstRow += int64_t(m_epochRows.size());
        m_epochRows = PackEpoch(++m_epoch);
    }
    return m_epochRows[row - m_firstRow];
}

TokenBatch
BatchSequence::Get(int64_t step)
{
    TokenBatch batch;
    batch.rows = m_rows;
    batch.length = m_length;
    batch.tokens.assign(m_rows * m_length, m_corpus.endId);
    batch.documents.assign(m_rows * m_length, 0);
    batch.targets.assign(m_rows * m_length, noTarget);
    for (int64_t r = 0; r < m_rows; ++r)
    {
        const Row& row = GetRow(step * m_rows + r);
        int64_t place = r * m_length;
        int64_t left = m_length;
        int64_t number = 0;
        for (const std::size_t index : row)
        {
            const std::vector<int32_t>& ids = m_corpus.documents[index];
            const int64_t size = std::min(int64_t(ids.size()), left);
            for (int64_t t = 0; t < size; ++t, ++place)
            {
                batch.tokens[place] = ids[t];
                batch.documents[place] = number;
                batch.targets[place] = t + 1 < int64_t(ids.size()) ? ids[t + 1] : noTarget;
            }
            left -= size;
            ++number;
        }
        std::fill_n(batch.documents.begin() + place, left, number);
        batch.used.push_back(m_length - left);
    }
    return batch;
}

} // namespace ecld
