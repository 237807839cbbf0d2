/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_TEXT_SCORES_H
#define ECLD_TEXT_SCORES_H

#include "model/language-model.h"
#include "model/token-corpus.h"
#include "model/transformer.h"
#include "teach/teacher.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <set>
#include <string>
#include <vector>

namespace ecld
{

/// Texts of each entity that are drawn, those of the training among them.
constexpr int64_t TEXT_VARIANTS = 24;

/// What a model makes of texts, one number a text.
struct TextScores
{
    std::vector<double> losses;      ///< nats a token
    std::vector<double> divergences; ///< from the teacher, nats a token
};

/// @param settings of the teacher @param corpus its texts @return texts on its entities that it was
/// not trained on
inline std::vector<std::string>
MakeHeldOutTexts(const TeacherSettings& settings, const Corpus& corpus)
{
    CorpusSettings more = settings.corpus;
    more.variants = TEXT_VARIANTS;
    std::set<std::string> known;
    for (const Statement& statement : corpus.statements)
    {
        known.insert(statement.text);
    }
    std::vector<std::string> texts;
    for (const Statement& statement : BuildCorpus(more).statements)
    {
        if (known.count(statement.text) == 0)
        {
            texts.push_back(statement.text);
        }
    }
    return texts;
}

inline TextScores
Score(const LanguageModel& model, const LanguageModel& teacher, const TokenCorpus& texts)
{
    const at::NoGradGuard guard;
    TextScores scores;
    for (const std::vector<int32_t>& document : texts.documents)
    {
        const at::Tensor ids =
            at::tensor(std::vector<int64_t>(document.begin(), document.end()), at::kLong);
        const auto predict = [&](const LanguageModel& which) {
            const Transformer& network = which.GetNetwork();
            return at::log_softmax(
                network.ComputeLogits(network.ComputeHidden(ids.slice(0, 0, -1).unsqueeze(0)))
                    .squeeze(0)
                    .to(at::kDouble),
                -1);
        };
        const at::Tensor ours = predict(model);
        const at::Tensor theirs = predict(teacher);
        scores.losses.push_back(
            -ours.gather(1, ids.slice(0, 1).unsqueeze(1)).mean().item<double>());
        scores.divergences.push_back(
            (theirs.exp() * (theirs - ours)).sum(-1).mean().item<double>());
    }
    return scores;
}

} // namespace ecld

#endif // ECLD_TEXT_SCORES_H
