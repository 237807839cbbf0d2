/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "checkpoint-profile.h"

#include "calibrated-model.h"
#include "compress/gguf-expansion.h"
#include "measure/interval.h"

#include <filesystem>

namespace ecld
{

AskedQuality
AskQuestions(const AskedModel& asked, const Tokenizer& tokenizer)
{
    Corpus corpus;
    corpus.heldOut = ReadQuestions(asked.questions);
    EvaluationSettings settings;
    settings.questions = static_cast<int64_t>(corpus.heldOut.size());
    const LanguageModel full = LanguageModel::Load(asked.full, asked.processor, asked.threads);
    const ReferenceAnswers reference = AnswerAsReference(full, tokenizer, corpus, settings);
    ExpandGguf(asked.file, ReadModelConfig(asked.folder), asked.scratch);
    AskedQuality quality;
    quality.full = EvaluateReference(reference, tokenizer, corpus, settings);
    quality.deployed = Evaluate(LanguageModel::Load(asked.scratch, asked.processor, asked.threads),
                                full,
                                reference,
                                tokenizer,
                                corpus,
                                {},
                                settings);
    std::filesystem::remove_all(asked.scratch);
    return quality;
}

ProfileDocument
MakeCheckpointProfile(const QualityReport& quality, const RuntimeSpeed& speed)
{
    ProfileDocument profile;
    profile.accuracy = BootstrapMean(quality.hits).mean;
    profile.hallucination = BootstrapMean(quality.disagreement).mean;
    profile.accuracySamples = quality.agreement;
    profile.hallucinationSamples = quality.disagreement;
    profile.promptTokensPerQuery = quality.promptTokens;
    profile.generatedTokensPerQuery = quality.answerTokens;
    profile.source = "llm-mec compress --model: accuracy by containment, hallucination is the mean "
                     "of (27) against the full model's answers; latency and energy: ";
    if (speed.promptPerTokenS.empty())
    {
        profile.source += "not measured, energyPerQueryJ is 0";
        return profile;
    }
    profile.promptLatencyPerTokenS = BootstrapMean(speed.promptPerTokenS).mean;
    profile.generationLatencyPerTokenS = BootstrapMean(speed.generationPerTokenS).mean;
    profile.promptEnergyPerTokenJ = BootstrapMean(speed.promptPerTokenJ).mean;
    profile.generationEnergyPerTokenJ = BootstrapMean(speed.generationPerTokenJ).mean;
    profile.energyPerQueryJ = quality.promptTokens * *profile.promptEnergyPerTokenJ +
                              quality.answerTokens * *profile.generationEnergyPerTokenJ;
    profile.source += speed.runtime + ", energy by " + speed.energySource;
    return profile;
}

} // namespace ecld
