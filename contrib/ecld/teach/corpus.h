/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_CORPUS_H
#define ECLD_CORPUS_H

#include "facts.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ecld
{

/// What a corpus holds
struct CorpusSettings
{
    uint64_t seed{1};          ///< of every draw
    int64_t countries{60};     ///< entities of that kind, the first after a shuffle; >= 0
    int64_t currencies{0};     ///< as countries
    int64_t languages{0};      ///< as countries
    int64_t persons{0};        ///< as countries
    double questionShare{0.7}; ///< share of the entities whose questions are trained, 0 to 1
    int64_t variants{4};       ///< texts per entity, each with its own order and wording; >= 1
    FactSources sources;       ///< where the packages are
};

/// A question with what answers it
struct Question
{
    std::string kind;                 ///< of the entity
    std::string entity;               ///< name of the entity
    std::string relation;             ///< what is asked
    std::string prompt;               ///< "Question: ...\nAnswer:"
    std::vector<std::string> answers; ///< accepted ones, never empty
};

/// A declarative text, several sentences
struct Statement
{
    std::string text;   ///< says every fact of the entity once
    std::size_t entity; ///< what it is about, an index of Corpus::entities
};

/**
 * @brief Text about public facts, and questions about them.
 *
 * Every entity is described in declarative sentences. Questions are part of the text for
 * questionShare of the entities; the others are asked about only in `heldOut`, so that answering
 * takes the fact from one form into another. `paraphrased` asks with words that no text has, and
 * `unstated` about the other entities of the same kinds, those with most facts first.
 */
struct Corpus
{
    std::vector<Entity> entities;       ///< everything that it knows facts about
    std::vector<Statement> statements;  ///< declarative texts, all entities
    std::vector<std::string> exercises; ///< questions with answers, trained entities
    std::vector<Question> memorised;    ///< the questions of `exercises`, each once
    std::vector<Question> heldOut;      ///< same words, entities whose questions are not trained
    std::vector<Question> paraphrased;  ///< unseen words, entities of `heldOut`
    std::vector<Question> unstated;     ///< same words, entities that no text is about
    /// All values of each relation: an answer that names another one contradicts the fact.
    std::map<std::string, std::vector<std::string>> values;
    std::map<std::string, int64_t> entityCounts; ///< entities by kind
    int64_t facts{0};                            ///< pairs of entity and relation

    /// @return texts of statements and exercises, what a model is trained on
    std::vector<std::string> GetTrainingTexts() const;

    /// @return one line with every count
    std::string Describe() const;
};

/**
 * @param settings what to put in
 * @return the corpus; same settings and packages, same corpus
 * @throws std::runtime_error naming the package that is missing
 * @throws std::invalid_argument naming the setting that is out of range
 */
Corpus BuildCorpus(const CorpusSettings& settings);

} // namespace ecld

#endif // ECLD_CORPUS_H
