/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "result-table.h"

#include "measure/efficiency-score.h"
#include "measure/interval.h"

#include <algorithm>
#include <iomanip>
#include <sstream>

namespace ecld
{

namespace
{

/// J of a Wh.
constexpr double J_PER_WH = 3600;

/// Bytes of a MiB, the paper's MB.
constexpr double MEBIBYTE = 1048576;

/// @param value in units of the table @param digits behind the point @return fixed text
std::string
Fix(double value, int digits)
{
    std::ostringstream text;
    text << std::fixed << std::setprecision(digits) << value;
    return text.str();
}

/// Samples with what they have in common, by which they are resampled.
struct Sampled
{
    const std::vector<double>& values;  ///< one a query, a sentence or a repeat
    const std::vector<int64_t>& groups; ///< of each value; empty: each is on its own
};

const std::vector<int64_t> independent;

Interval
GetInterval(const Sampled& sampled)
{
    return sampled.groups.empty() ? BootstrapMean(sampled.values)
                                  : BootstrapGroupedMean(sampled.values, sampled.groups);
}

/// @param sampled what was measured @param scale to the table's unit @return mean and interval
std::string
FormatInterval(const Sampled& sampled, double scale, int digits)
{
    if (sampled.values.empty())
    {
        return "-";
    }
    const Interval interval = GetInterval(sampled);
    return Fix(scale * interval.mean, digits) + " [" + Fix(scale * interval.low, digits) + ", " +
           Fix(scale * interval.high, digits) + "]";
}

/// @param samples one a query @param others of the same queries @return samples - others
std::vector<double>
Subtract(const std::vector<double>& samples, const std::vector<double>& others)
{
    std::vector<double> differences;
    for (std::size_t i = 0; i < std::min(samples.size(), others.size()); ++i)
    {
        differences.push_back(samples[i] - others[i]);
    }
    return differences;
}

/// @param rows of a study @return ECLD's
const StudyRow&
FindEcld(const std::vector<StudyRow>& rows)
{
    return *std::find_if(rows.begin(), rows.end(), [](const StudyRow& row) {
        return row.variant.method == "ecld";
    });
}

/// Energies of the query of mean length, one for each repeat.
std::vector<double>
GetQueryEnergiesWh(const StudyRow& row)
{
    std::vector<double> energies;
    for (std::size_t i = 0; i < row.speed.promptPerTokenJ.size(); ++i)
    {
        energies.push_back((row.quality.promptTokens * row.speed.promptPerTokenJ[i] +
                            row.quality.answerTokens * row.speed.generationPerTokenJ[i]) /
                           J_PER_WH);
    }
    return energies;
}

std::vector<double>
GetRates(const std::vector<double>& perTokenS)
{
    std::vector<double> rates;
    for (const double seconds : perTokenS)
    {
        rates.push_back(1 / seconds);
    }
    return rates;
}

/// @param rows of a study @return HRE and ARE of those with an energy, zero for the others
std::vector<EfficiencyScores>
GetScores(const std::vector<StudyRow>& rows)
{
    std::vector<MethodMeasures> measures;
    for (const StudyRow& row : rows)
    {
        measures.push_back(
            {row.quality.inconsistent.empty() ? 0 : BootstrapMean(row.quality.inconsistent).mean,
             BootstrapMean(row.quality.hits).mean,
             static_cast<double>(row.weightBytes),
             GetEnergyPerQueryJ(row)});
    }
    std::vector<EfficiencyScores> scores = ScoreEfficiency(measures);
    for (std::size_t i = 0; i < rows.size(); ++i)
    {
        // Nothing was measured: an energy of 0 would count as the best.
        scores[i] = measures[i].energyJ > 0 ? scores[i] : EfficiencyScores();
    }
    return scores;
}

void
AddLine(std::ostringstream& text, const std::vector<std::string>& cells)
{
    const int widths[] = {39, 20, 20, 22, 20, 18, 26, 6, 6};
    for (std::size_t i = 0; i < cells.size(); ++i)
    {
        text << std::left << std::setw(widths[i]) << cells[i] << (i + 1 < cells.size() ? " " : "");
    }
    text << '\n';
}

/// Columns of the table of pairs.
constexpr int PAIR_WIDTHS[] = {40, 22};

/// What of the original's answers a row says too.
struct Acceptance
{
    std::vector<double> tokens;      ///< each token, 0 or 1
    std::vector<int64_t> tokenFacts; ///< which fact the question of each token asks
    std::vector<double> answers;     ///< each answer as a whole, 0 or 1
};

Acceptance
CountAccepted(const StudyRow& row)
{
    Acceptance acceptance;
    for (std::size_t i = 0; i < row.transcript.size(); ++i)
    {
        const std::vector<double> accepted = GetAccepted(row.transcript[i]);
        acceptance.tokens.insert(acceptance.tokens.end(), accepted.begin(), accepted.end());
        acceptance.tokenFacts.insert(acceptance.tokenFacts.end(),
                                     accepted.size(),
                                     row.transcriptFacts.at(i));
        acceptance.answers.push_back(*std::min_element(accepted.begin(), accepted.end()));
    }
    return acceptance;
}

} // namespace

std::string
FormatTable(const std::vector<StudyRow>& rows)
{
    std::ostringstream text;
    AddLine(text,
            {"Method",
             "Hallucination (24)",
             "Accuracy (23), %",
             "ECLD less this, points",
             "In other words, %",
             "MiB (of bf16, %)",
             "Energy, uWh a query",
             "HRE",
             "ARE"});
    const auto scores = GetScores(rows);
    const StudyRow& ecld = FindEcld(rows);
    // F16 has as many bytes as bf16.
    const auto full = static_cast<double>(rows.front().weightBytes);
    for (std::size_t i = 0; i < rows.size(); ++i)
    {
        const StudyRow& row = rows[i];
        const auto bytes = static_cast<double>(row.weightBytes);
        const QualityReport& quality = row.quality;
        const auto energies = GetQueryEnergiesWh(row);
        const auto differences = Subtract(ecld.quality.hits, quality.hits);
        AddLine(text,
                {row.variant.label,
                 FormatInterval({quality.inconsistent, quality.articles}, 1, 2),
                 FormatInterval({quality.hits, quality.heldOutFacts}, 100, 1),
                 FormatInterval({differences, quality.heldOutFacts}, 100, 1),
                 FormatInterval({quality.paraphraseHits, quality.paraphraseFacts}, 100, 1),
                 Fix(bytes / MEBIBYTE, 3) + " (" + Fix(100 * bytes / full, 1) + ")",
                 FormatInterval({energies, independent}, 1e6, 3),
                 energies.empty() ? "-" : Fix(scores[i].hallucinationAware, 2),
                 energies.empty() ? "-" : Fix(scores[i].accuracyAware, 2)});
    }
    const QualityReport& first = rows.front().quality;
    const double original = BootstrapMean(first.hits).mean;
    text << "\nBrackets: 95 % bootstrap intervals, resampled by fact; (24) by article, energy by "
            "repeat. "
         << first.hits.size() << " held-out questions about " << CountGroups(first.heldOutFacts)
         << " facts; differences over the same questions. In other words: "
         << first.paraphraseHits.size()
         << " questions as no text has them. Hallucination by known facts, "
         << CountGroups(first.articles) << " articles.\n"
         << "ECLD keeps "
         << (original > 0 ? Fix(100 * BootstrapMean(ecld.quality.hits).mean / original, 1) : "-")
         << " % of the accuracy (the paper's Llama row: 84.0 %).\n";
    if (!rows.front().speed.runtime.empty())
    {
        text << "Latency and energy: " << rows.front().speed.runtime << "; energy by "
             << rows.front().speed.energySource << ".\n";
    }
    return text.str();
}

std::string
FormatPairTable(const std::vector<StudyRow>& rows)
{
    std::ostringstream text;
    text << std::left << std::setw(PAIR_WIDTHS[0]) << "Draft of the original"
         << std::setw(PAIR_WIDTHS[1]) << "Tokens accepted, %"
         << "Whole answers, %\n";
    std::size_t tokens = 0;
    std::size_t questions = 0;
    for (const StudyRow& row : rows)
    {
        const Acceptance acceptance = CountAccepted(row);
        if (acceptance.tokens.empty())
        {
            continue;
        }
        tokens = acceptance.tokens.size();
        questions = acceptance.answers.size();
        text << std::setw(PAIR_WIDTHS[0]) << row.variant.label << std::setw(PAIR_WIDTHS[1])
             << FormatInterval({acceptance.tokens, acceptance.tokenFacts}, 100, 1)
             << FormatInterval({acceptance.answers, row.transcriptFacts}, 100, 1) << '\n';
    }
    text
        << "\nBrackets: 95 % bootstrap intervals, resampled by fact. Greedy: the draft's own token "
           "at each prefix of the original's answer, the end token included; "
        << tokens << " tokens of " << questions << " held-out questions.\n";
    return text.str();
}

std::string
FormatCsv(const std::vector<StudyRow>& rows)
{
    std::ostringstream text;
    const auto list = [](const QualityReport& q) {
        return std::vector<std::pair<std::string, Sampled>>{
            {"accuracy", {q.hits, q.heldOutFacts}},
            {"answerShare", {q.shares, q.heldOutFacts}},
            {"wordAccuracy", {q.wordHits, q.heldOutFacts}},
            {"memorisedAccuracy", {q.memorisedHits, q.memorisedFacts}},
            {"paraphraseAccuracy", {q.paraphraseHits, q.paraphraseFacts}},
            {"hallucination", {q.inconsistent, q.articles}},
            {"contradiction", {q.contradicted, q.articles}},
            {"selfCheckUnigram", {q.selfCheck, independent}},
            {"semanticAccuracy", {q.agreement, q.heldOutFacts}},
            {"semanticHallucination", {q.disagreement, q.heldOutFacts}}};
    };
    text << "name,weightBytes,perplexity,promptTokens,answerTokens";
    for (const auto& column : list(rows.front().quality))
    {
        text << ',' << column.first << ',' << column.first << "Low," << column.first << "High";
    }
    text << ",promptTokensPerS,generatedTokensPerS,energyPerQueryJ,hre,are\n";
    const auto scores = GetScores(rows);
    for (std::size_t i = 0; i < rows.size(); ++i)
    {
        const StudyRow& row = rows[i];
        text << row.variant.name << ',' << row.weightBytes << ',' << row.quality.perplexity << ','
             << row.quality.promptTokens << ',' << row.quality.answerTokens;
        for (const auto& column : list(row.quality))
        {
            const Interval interval =
                column.second.values.empty() ? Interval() : GetInterval(column.second);
            text << ',' << interval.mean << ',' << interval.low << ',' << interval.high;
        }
        const auto rate = [](const std::vector<double>& perTokenS) {
            return perTokenS.empty() ? 0 : BootstrapMean(GetRates(perTokenS)).mean;
        };
        text << ',' << rate(row.speed.promptPerTokenS) << ',' << rate(row.speed.generationPerTokenS)
             << ',' << GetEnergyPerQueryJ(row) << ',' << scores[i].hallucinationAware << ','
             << scores[i].accuracyAware << '\n';
    }
    return text.str();
}

} // namespace ecld
