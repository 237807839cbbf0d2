/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "pair-questions.h"

#include "measure/spaced-picks.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace ecld
{

std::vector<Question>
ChoosePairQuestions(const Corpus& corpus, int64_t asked, int64_t wanted)
{
    if (wanted == 0)
    {
        return PickEvenly(corpus.heldOut, asked);
    }
    std::vector<Question> chosen;
    for (const auto* const source : {&corpus.heldOut, &corpus.paraphrased, &corpus.unstated})
    {
        const auto missing = wanted - static_cast<int64_t>(chosen.size());
        const std::vector<Question> more = PickEvenly(*source, missing);
        chosen.insert(chosen.end(), more.begin(), more.end());
    }
    if (static_cast<int64_t>(chosen.size()) < wanted)
    {
        throw std::runtime_error("--pairQuestions=" + std::to_string(wanted) +
                                 ": expected at most " + std::to_string(chosen.size()) +
                                 ", what this size has");
    }
    return chosen;
}

std::string
WriteQuestions(const std::vector<Question>& questions)
{
    std::string text;
    for (const Question& question : questions)
    {
        nlohmann::ordered_json line;
        line["prompt"] = question.prompt;
        line["answers"] = question.answers;
        text += line.dump() + '\n';
    }
    return text;
}

} // namespace ecld
