/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "generation.h"

#include "base/random-stream.h"
#include "batch-tensors.h"
#include "format/unicode-text.h"
#include "transformer.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <stdexcept>

namespace ecld
{

namespace
{

const char* const WHITE_SPACE = " \t\r\n";

/// A prompt on its way to an answer
struct Continuation
{
    std::vector<int32_t> prompt;    ///< tokens
    std::vector<int32_t> generated; ///< tokens so far, without the one that ended it
    base::RandomStream random;      ///< its draws
    bool hasText{false};            ///< more than white space is generated
    bool ended{false};              ///< nothing follows
};

int32_t
FindLargest(const float* logits, int64_t count)
{
    return int32_t(std::max_element(logits, logits + count) - logits);
}

int32_t
DrawToken(const float* logits, int64_t count, double temperature, base::RandomStream& random)
{
    const double largest = logits[FindLargest(logits, count)];
    std::vector<double> cumulated(count);
    double sum = 0;
    for (int64_t i = 0; i < count; ++i)
    {
        sum += std::exp((logits[i] - largest) / temperature);
        cumulated[i] = sum;
    }
    const double drawn = random.Uniform() * sum;
    return int32_t(std::upper_bound(cumulated.begin(), cumulated.end() - 1, drawn) -
                   cumulated.begin());
}

/// @param config of a model @param id a token @return whether it ends a text
bool
EndsText(const ModelConfig& config, int32_t id)
{
    return std::find(config.eosIds.begin(), config.eosIds.end(), id) != config.eosIds.end();
}

/// Chooses the next token of each row by [row][token] logits and the number of tokens, or none of
/// any to stop.
using TokenChoice = std::function<std::vector<int64_t>(const float*, int64_t)>;

/// Read rows of equal length, and then what is chosen after them.
/// @param network the model @param tokens of the rows, one after the other @param rows how many
/// @param steps tokens that are chosen at most @param choose does so
void
ContinueRows(const Transformer& network,
             std::vector<int64_t> tokens,
             int64_t rows,
             int64_t steps,
             const TokenChoice& choose)
{
    const at::NoGradGuard noGrad;
    KeyValueCache cache;
    for (int64_t step = 0; step < steps && !tokens.empty(); ++step)
    {
        const at::Tensor input =
            at::tensor(tokens, at::kLong).view({rows, -1}).to(network.GetDevice());
        const at::Tensor hidden = network.Continue(input, cache);
        const at::Tensor logits =
            network.ComputeLogits(hidden.select(1, hidden.size(1) - 1)).cpu().contiguous();
        tokens = choose(logits.data_ptr<float>(), logits.size(1));
    }
}

/// Continues prompts of equal length side by side
class Generator
{
  public:
    Generator(const LanguageModel& model,
              const Tokenizer& tokenizer,
              const GenerationSettings& settings)
        : m_network(model.GetNetwork()),
          m_tokenizer(tokenizer),
          m_settings(settings)
    {
    }

    void Run(const std::vector<Continuation*>& batch) const
    {
        const ModelConfig& config = m_network.GetConfig();
        const auto length = int64_t(batch.front()->prompt.size());
        const int64_t room = config.maxPositions - length;
        if (room < 1)
        {
            throw std::invalid_argument("prompt: " + std::to_string(length) +
                                        " tokens leave no room in maxPositions, " +
                                        std::to_string(config.maxPositions));
        }
        std::vector<int64_t> tokens;
        for (const Continuation* one : batch)
        {
            tokens.insert(tokens.end(), one->prompt.begin(), one->prompt.end());
        }
        ContinueRows(m_network,
                     tokens,
                     int64_t(batch.size()),
                     std::min(m_settings.maxNewTokens, room),
                     [&](const float* logits, int64_t vocabularySize) {
                         const auto chosen = Choose(batch, logits, vocabularySize);
                         const bool allEnded =
                             std::all_of(batch.begin(), batch.end(), [](const auto* one) {
                                 return one->ended;
                             });
                         return allEnded ? std::vector<int64_t>() : chosen;
                     });
    }

  private:
    /// Choose each text's next token @return what the model reads next
    std::vector<int64_t> Choose(const std::vector<Continuation*>& batch,
                                const float* logits,
                                int64_t vocabularySize) const
    {
        // A model may have more rows than the tokenizer has tokens.
        const int64_t count = std::min(vocabularySize, m_tokenizer.GetVocabularySize());
        std::vector<int64_t> chosen;
        for (std::size_t row = 0; row < batch.size(); ++row)
        {
            Continuation& one = *batch[row];
            const float* mine = logits + row * std::size_t(vocabularySize);
            const int32_t id = m_settings.temperature > 0
                                   ? DrawToken(mine, count, m_settings.temperature, one.random)
                                   : FindLargest(mine, count);
            const std::string bytes = m_tokenizer.GetTokenBytes(id);
            one.ended = one.ended || EndsText(m_network.GetConfig(), id) ||
                        (one.hasText && EndsLine(bytes));
            if (!one.ended)
            {
                one.generated.push_back(id);
                one.hasText = one.hasText || bytes.find_first_not_of(WHITE_SPACE) != bytes.npos;
            }
            chosen.push_back(id);
        }
        return chosen;
    }

    bool EndsLine(const std::string& bytes) const
    {
        return m_settings.stopAtNewline && bytes.find('\n') != std::string::npos;
    }

    const Transformer& m_network;         //!< the model
    const Tokenizer& m_tokenizer;         //!< its tokenizer
    const GenerationSettings& m_settings; //!< how
};

std::string
Strip(const std::string& text)
{
    const std::size_t first = text.find_first_not_of(WHITE_SPACE);
    return first == std::string::npos
               ? std::string()
               : text.substr(first, text.find_last_not_of(WHITE_SPACE) - first + 1);
}

/// @param text of a continuation @param settings how it came about @return it as an answer
std::string
Trim(const std::string& text, const GenerationSettings& settings)
{
    const std::string answer = Strip(text);
    // One token may hold the end of a line and what follows.
    return settings.stopAtNewline ? Strip(answer.substr(0, answer.find('\n'))) : answer;
}

void
CheckSettings(const GenerationSettings& settings)
{
    if (settings.maxNewTokens < 1)
    {
        throw std::invalid_argument("maxNewTokens: " + std::to_string(settings.maxNewTokens) +
                                    " is not positive");
    }
    if (!(settings.temperature >= 0) || !std::isfinite(settings.temperature))
    {
        throw std::invalid_argument("temperature: " + std::to_string(settings.temperature) +
                                    " is not 0 or a positive number");
    }
    if (settings.rows < 1)
    {
        throw std::invalid_argument("rows: " + std::to_string(settings.rows) + " is not positive");
    }
}

/// Documents of similar length, padded to the longest
TokenBatch
PadDocuments(const TokenCorpus& corpus, const std::vector<std::size_t>& chosen, int64_t longest)
{
    TokenBatch batch;
    batch.rows = int64_t(chosen.size());
    for (const std::size_t index : chosen)
    {
        batch.length = std::max(batch.length, int64_t(corpus.documents[index].size()));
    }
    batch.length = std::min(batch.length, longest);
    batch.tokens.assign(batch.rows * batch.length, corpus.endId);
    batch.documents.assign(batch.rows * batch.length, 0);
    batch.targets.assign(batch.rows * batch.length, -100);
    for (std::size_t row = 0; row < chosen.size(); ++row)
    {
        const std::vector<int32_t>& ids = corpus.documents[chosen[row]];
        const std::size_t size = std::min(ids.size(), std::size_t(batch.length));
        const std::size_t first = row * std::size_t(batch.length);
        std::copy_n(ids.begin(), size, batch.tokens.begin() + first);
        std::copy_n(ids.begin() + 1, size - 1, batch.targets.begin() + first);
    }
    return batch;
}

at::Tensor
MakeRow(const Transformer& network, const std::vector<int32_t>& ids)
{
    if (ids.empty() || int64_t(ids.size()) > network.GetConfig().maxPositions)
    {
        throw std::invalid_argument("text: " + std::to_string(ids.size()) +
                                    " tokens, expected 1 to " +
                                    std::to_string(network.GetConfig().maxPositions));
    }
    const std::vector<int64_t> wide(ids.begin(), ids.end());
    return at::tensor(wide, at::kLong).unsqueeze(0).to(network.GetDevice());
}

std::vector<std::vector<float>>
CopyRows(const at::Tensor& matrix)
{
    const at::Tensor values = matrix.cpu().contiguous();
    std::vector<std::vector<float>> rows;
    for (int64_t row = 0; row < values.size(0); ++row)
    {
        const float* first = values.data_ptr<float>() + row * values.size(1);
        rows.emplace_back(first, first + values.size(1));
    }
    return rows;
}

} // namespace

std::vector<std::string>
AnswerQuestions(const LanguageModel& model,
                const Tokenizer& tokenizer,
                const std::vector<std::string>& prompts,
                const GenerationSettings& settings)
{
    CheckSettings(settings);
    std::vector<Continuation> continuations;
    std::map<std::size_t, std::vector<std::size_t>> byLength;
    for (std::size_t i = 0; i < prompts.size(); ++i)
    {
        continuations.push_back({tokenizer.Encode(prompts[i], true),
                                 {},
                                 base::RandomStream(settings.seed, i),
                                 false,
                                 false});
        byLength[continuations.back().prompt.size()].push_back(i);
    }
    const Generator generator(model, tokenizer, settings);
    for (const auto& [length, members] : byLength)
    {
        for (std::size_t first = 0; first < members.size(); first += std::size_t(settings.rows))
        {
            const std::size_t end = std::min(members.size(), first + std::size_t(settings.rows));
            std::vector<Continuation*> batch;
            for (std::size_t i = first; i < end; ++i)
            {
                batch.push_back(&continuations[members[i]]);
            }
            generator.Run(batch);
        }
    }
    std::vector<std::string> answers;
    for (const Continuation& one : continuations)
    {
        answers.push_back(
            Trim(ReplaceInvalidUtf8(tokenizer.Decode(one.generated, true)), settings));
    }
    return answers;
}

std::vector<std::vector<std::string>>
SampleAnswers(const LanguageModel& model,
              const Tokenizer& tokenizer,
              const std::vector<std::string>& prompts,
              int64_t samples,
              const GenerationSettings& settings)
{
    if (samples < 1)
    {
        throw std::invalid_argument("samples: " + std::to_string(samples) + " is not positive");
    }
    GenerationSettings sampling = settings;
    if (sampling.temperature == 0)
    {
        sampling.temperature = 1;
    }
    std::vector<std::string> repeated;
    for (const std::string& prompt : prompts)
    {
        repeated.insert(repeated.end(), std::size_t(samples), prompt);
    }
    const std::vector<std::string> drawn = AnswerQuestions(model, tokenizer, repeated, sampling);
    std::vector<std::vector<std::string>> answers;
    for (auto first = drawn.begin(); first != drawn.end(); first += samples)
    {
        answers.emplace_back(first, first + samples);
    }
    return answers;
}

std::vector<std::vector<int32_t>>
ContinueGreedily(const LanguageModel& model,
                 const std::vector<std::vector<int32_t>>& prompts,
                 int64_t vocabularySize,
                 int64_t maxNewTokens,
                 const std::function<void()>& watch)
{
    const Transformer& network = model.GetNetwork();
    const ModelConfig& config = network.GetConfig();
    std::vector<int64_t> tokens;
    for (const std::vector<int32_t>& prompt : prompts)
    {
        if (prompt.empty() || prompt.size() != prompts.front().size())
        {
            throw std::invalid_argument("prompts: " + std::to_string(prompt.size()) +
                                        " tokens, expected as many as the first has, at least one");
        }
        tokens.insert(tokens.end(), prompt.begin(), prompt.end());
    }
    if (maxNewTokens < 1 ||
        (!prompts.empty() && int64_t(prompts.front().size()) + maxNewTokens > config.maxPositions))
    {
        throw std::invalid_argument("maxNewTokens: " + std::to_string(maxNewTokens) +
                                    ", expected at least 1 and with the prompt at most " +
                                    std::to_string(config.maxPositions));
    }
    const int64_t count = std::min(vocabularySize, config.vocabularySize);
    std::vector<std::vector<int32_t>> texts(prompts.size());
    std::vector<bool> ended(prompts.size(), false);
    ContinueRows(network,
                 tokens,
                 int64_t(prompts.size()),
                 maxNewTokens,
                 [&](const float* logits, int64_t rowSize) {
                     std::vector<int64_t> chosen;
                     for (std::size_t row = 0; row < texts.size(); ++row)
                     {
                         const int32_t id = FindLargest(logits + row * std::size_t(rowSize), count);
                         chosen.push_back(id);
                         if (!ended[row])
                         {
                             texts[row].push_back(id);
                             ended[row] = EndsText(config, id);
                         }
                     }
                     if (watch)
                     {
                         watch();
                     }
                     const bool goesOn =
                         std::find(ended.begin(), ended.end(), false) != ended.end();
                     return goesOn ? chosen : std::vector<int64_t>();
                 });
    return texts;
}

double
Likelihood::GetPerplexity() const
{
    return tokens > 0 ? std::exp(negativeLogLikelihood / double(tokens)) : 1.0;
}

Likelihood
MeasureLikelihood(const LanguageModel& model, const TokenCorpus& corpus)
{
    const at::NoGradGuard noGrad;
    const Transformer& network = model.GetNetwork();
    const ModelConfig& config = network.GetConfig();
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < corpus.documents.size(); ++i)
    {
        if (corpus.documents[i].size() > 1)
        {
            order.push_back(i);
        }
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return corpus.documents[a].size() > corpus.documents[b].size();
    });
    const int64_t mostLogits = int64_t{1} << 26; // 256 MiB at once
    Likelihood likelihood;
    for (std::size_t first = 0; first < order.size();)
    {
        const int64_t length =
            std::min(int64_t(corpus.documents[order[first]].size()), config.maxPositions);
        const int64_t fitting =
            std::clamp<int64_t>(mostLogits / (length * config.vocabularySize), 1, 64);
        const std::size_t end = std::min(order.size(), first + std::size_t(fitting));
        const BatchTensors batch =
            MakeTensors(PadDocuments(corpus, {order.begin() + first, order.begin() + end}, length),
                        network.GetDevice());
        const at::Tensor losses = at::cross_entropy_loss(ComputeTargetLogits(network, batch),
                                                         batch.targets,
                                                         {},
                                                         at::Reduction::None);
        likelihood.negativeLogLikelihood += losses.sum(at::kDouble).item<double>();
        likelihood.tokens += batch.targets.numel();
        first = end;
    }
    return likelihood;
}

std::vector<std::vector<float>>
ComputeLogits(const LanguageModel& model, const std::vector<int32_t>& ids, int64_t first)
{
    const at::NoGradGuard noGrad;
    const Transformer& network = model.GetNetwork();
    const at::Tensor hidden = network.ComputeHidden(MakeRow(network, ids)).squeeze(0);
    return CopyRows(network.ComputeLogits(hidden.slice(0, first)));
}

int32_t
FindLikeliest(const std::vector<float>& logits, int64_t count)
{
    return FindLargest(logits.data(), std::min(count, int64_t(logits.size())));
}

ContextualEmbedding
ComputeEmbedding(const LanguageModel& model, const Tokenizer& tokenizer, const std::string& text)
{
    const at::NoGradGuard noGrad;
    const Transformer& network = model.GetNetwork();
    ContextualEmbedding embedding;
    embedding.ids = tokenizer.Encode(text, false);
    if (embedding.ids.empty())
    {
        return embedding;
    }
    std::vector<int32_t> ids = tokenizer.GetPrefixIds();
    const auto before = int64_t(ids.size());
    ids.insert(ids.end(), embedding.ids.begin(), embedding.ids.end());
    const at::Tensor hidden = network.ComputeHidden(MakeRow(network, ids)).squeeze(0);
    embedding.vectors = CopyRows(hidden.slice(0, before));
    return embedding;
}

} // namespace ecld
