/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "transcript.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>

namespace ecld
{

namespace
{

/// Prompts of equal length that a model answers at once.
constexpr int64_t ROWS = 16;

/// @param model a model @param prompt @param answer after it @return [position of answer][token]
/// logits of what the model says there
std::vector<std::vector<float>>
ComputeAnswerLogits(const LanguageModel& model,
                    const std::vector<int32_t>& prompt,
                    const std::vector<int32_t>& answer)
{
    if (prompt.empty() || answer.empty())
    {
        throw std::invalid_argument("transcript: expected a prompt and an answer");
    }
    // The distribution after the last token is not needed.
    std::vector<int32_t> ids = prompt;
    ids.insert(ids.end(), answer.begin(), answer.end() - 1);
    return ComputeLogits(model, ids, static_cast<int64_t>(prompt.size()) - 1);
}

/// @param logits of all tokens @param count of those that there are @param temperature divides them
/// @return probabilities
std::vector<double>
GetProbabilities(const std::vector<float>& logits, int64_t count, double temperature)
{
    const auto end = logits.begin() + std::min(count, static_cast<int64_t>(logits.size()));
    const double largest = *std::max_element(logits.begin(), end);
    std::vector<double> probabilities;
    double sum = 0;
    for (auto logit = logits.begin(); logit != end; ++logit)
    {
        probabilities.push_back(std::exp((*logit - largest) / temperature));
        sum += probabilities.back();
    }
    for (double& probability : probabilities)
    {
        probability /= sum;
    }
    return probabilities;
}

/// @param p distribution @param q distribution of the same tokens @return what they share
double
GetOverlap(const std::vector<double>& p, const std::vector<double>& q)
{
    double overlap = 0;
    for (std::size_t i = 0; i < p.size(); ++i)
    {
        overlap += std::min(p[i], q[i]);
    }
    return std::min(overlap, 1.0);
}

} // namespace

void
RequireSameVocabulary(const Tokenizer& draft,
                      const std::string& draftFile,
                      const Tokenizer& target,
                      const std::string& targetFile)
{
    if (draft.GetVocabularySize() != target.GetVocabularySize())
    {
        throw std::runtime_error(
            draftFile + ": a vocabulary of " + std::to_string(draft.GetVocabularySize()) +
            " tokens, expected the same " + std::to_string(target.GetVocabularySize()) + " as in " +
            targetFile);
    }
    for (int32_t id = 0; id < target.GetVocabularySize(); ++id)
    {
        if (draft.GetToken(id) != target.GetToken(id))
        {
            throw std::runtime_error(draftFile + ": token " + std::to_string(id) +
                                     " is another one than in " + targetFile +
                                     ", expected the same vocabulary");
        }
    }
}

std::vector<std::vector<std::size_t>>
GroupByLength(const Prompts& prompts, int64_t rows)
{
    if (rows < 1)
    {
        throw std::invalid_argument("rows: " + std::to_string(rows) + " is not positive");
    }
    std::map<std::size_t, std::vector<std::size_t>> byLength;
    for (std::size_t i = 0; i < prompts.size(); ++i)
    {
        byLength[prompts[i].size()].push_back(i);
    }
    std::vector<std::vector<std::size_t>> groups;
    for (const auto& [length, members] : byLength)
    {
        for (std::size_t i = 0; i < members.size(); ++i)
        {
            if (i % static_cast<std::size_t>(rows) == 0)
            {
                groups.emplace_back();
            }
            groups.back().push_back(members[i]);
        }
    }
    return groups;
}

Prompts
AnswerGreedily(const LanguageModel& target,
               const Prompts& prompts,
               int64_t vocabularySize,
               int64_t answerTokens,
               const std::function<void()>& watch)
{
    Prompts answers(prompts.size());
    for (const std::vector<std::size_t>& group : GroupByLength(prompts, ROWS))
    {
        Prompts asked;
        for (const std::size_t index : group)
        {
            asked.push_back(prompts[index]);
        }
        const int64_t room =
            target.GetConfig().maxPositions - static_cast<int64_t>(asked.front().size());
        const Prompts said =
            ContinueGreedily(target, asked, vocabularySize, std::min(answerTokens, room), watch);
        for (std::size_t i = 0; i < group.size(); ++i)
        {
            answers[group[i]] = said[i];
        }
    }
    return answers;
}

PairQuery
Transcribe(const LanguageModel& draft,
           const std::vector<int32_t>& prompt,
           const std::vector<int32_t>& answer,
           int64_t vocabularySize)
{
    PairQuery query;
    query.promptTokens = static_cast<int64_t>(prompt.size());
    query.target = answer;
    for (const std::vector<float>& logits : ComputeAnswerLogits(draft, prompt, answer))
    {
        query.draft.push_back(FindLikeliest(logits, vocabularySize));
    }
    return query;
}

PairQuery
TranscribeSampling(const LanguageModel& draft,
                   const LanguageModel& target,
                   const std::vector<int32_t>& prompt,
                   const std::vector<int32_t>& answer,
                   int64_t vocabularySize,
                   double temperature)
{
    if (!(temperature > 0) || !std::isfinite(temperature))
    {
        throw std::invalid_argument("temperature: " + std::to_string(temperature) +
                                    " is not a positive number");
    }
    PairQuery query;
    query.promptTokens = static_cast<int64_t>(prompt.size());
    query.target = answer;
    const auto ofDraft = ComputeAnswerLogits(draft, prompt, answer);
    const auto ofTarget = ComputeAnswerLogits(target, prompt, answer);
    for (std::size_t i = 0; i < answer.size(); ++i)
    {
        query.draft.push_back(FindLikeliest(ofDraft[i], vocabularySize));
        query.acceptance.push_back(
            GetOverlap(GetProbabilities(ofDraft[i], vocabularySize, temperature),
                       GetProbabilities(ofTarget[i], vocabularySize, temperature)));
    }
    return query;
}

} // namespace ecld
