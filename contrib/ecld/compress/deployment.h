/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_DEPLOYMENT_H
#define ECLD_DEPLOYMENT_H

#include "format/gguf-writer.h"
#include "format/gguf.h"
#include "format/model-config.h"
#include "format/tokenizer.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ecld
{

/// How the weights of a model are stored in a GGUF file.
struct DeploymentTypes
{
    GgufType matrices{
        GgufType::Q4_1}; ///< of the layers' matrices: F32, F16, BF16, Q8_0, Q6_K, Q4_1, Q4_K
    /// Of embedding and output; none: as the matrices. Norms are always F32.
    std::optional<GgufType> embeddings;
    /// With Q4_K: llama.cpp's mix Q4_K_M, in which the output, and v_proj and down_proj of half of
    /// the layers, are Q6_K.
    bool isMixed{false};
};

/// @param types how weights are stored @return what users call that, such as "Q4_K_M"
std::string GetName(const DeploymentTypes& types);

/// A tensor of a GGUF file and where it comes from.
struct DeployedTensor
{
    std::string name;             ///< llama.cpp's name
    std::string source;           ///< Hugging Face's name; empty for rope_freqs.weight
    GgufType type{GgufType::F32}; ///< stored type
    std::vector<int64_t> shape;   ///< extents, outermost first, of both
    /// Heads whose rows change places: llama.cpp rotates neighbouring rows (2i, 2i + 1), Hugging
    /// Face rows (i, i + headDim / 2). 0: no change; llama.cpp rotates Qwen3 as Hugging Face does.
    int64_t permutedHeads{0};
};

/**
 * @param type a type that was asked for
 * @param columns length of a row
 * @return the type, or where such rows do not divide into its blocks the next larger that does:
 *         Q4_K, Q4_1, F16 or Q6_K, Q8_0, F16
 */
GgufType FallBack(GgufType type, int64_t columns);

/**
 * @brief Map a model of Hugging Face's form to llama.cpp's.
 * @param config the model, uniform widths
 * @param types how weights are stored
 * @return all tensors in the order of the file
 * @throws std::invalid_argument for a type that we do not write
 */
std::vector<DeployedTensor> MapTensors(const ModelConfig& config, const DeploymentTypes& types);

/**
 * @param heads number of heads of the tensor
 * @param headDim rows of a head, even
 * @return for each row of llama.cpp's tensor the row of Hugging Face's
 */
std::vector<int64_t> GetPermutedRows(int64_t heads, int64_t headDim);

/**
 * @param config a model
 * @param types how weights are stored
 * @return bytes of all tensors; metadata and vocabulary are some MB more for a large one
 */
int64_t GetDeployedBytes(const ModelConfig& config, const DeploymentTypes& types);

/**
 * @brief Write the keys that llama.cpp reads shapes and constants from.
 *
 * All are scalars, because widths are uniform. Key and value length and the rotary dimension are
 * given in any case: llama.cpp would take hiddenSize / heads, wrong for a pruned hidden size.
 *
 * @param writer the file
 * @param config the model
 * @param types says what general.file_type is
 * @param name general.name
 */
void AddModelMetadata(GgufWriter& writer,
                      const ModelConfig& config,
                      const DeploymentTypes& types,
                      const std::string& name);

/**
 * @brief Refuse a vocabulary that llama.cpp would read in another way: a GGUF file has no words for
 * everything that tokenizer.json can say.
 * @param tokenizer the vocabulary
 * @param config says how many rows the embedding has, and what ends a text
 * @throws std::invalid_argument where llama.cpp has no name for the pre-tokenizer, has merges count
 *         where they do not or the other way round, merges what the merges do not or in another
 *         order, puts other tokens around a text, or where the
 *         embedding has fewer rows than the vocabulary
 */
void CheckDeployable(const Tokenizer& tokenizer, const ModelConfig& config);

/**
 * @brief Write the vocabulary.
 * @param writer the file
 * @param config rows without a token become "[PADi]", or such where that is a token
 * @param tokenizer the vocabulary
 * @throws std::invalid_argument as CheckDeployable
 */
void AddTokenizerMetadata(GgufWriter& writer,
                          const ModelConfig& config,
                          const Tokenizer& tokenizer);

/// @param config a model @return the divisors of rope_freqs.weight, headDim / 2, as model/rotary.h
/// has them; empty without llama3 scaling
std::vector<float> GetRopeFactors(const ModelConfig& config);

} // namespace ecld

#endif // ECLD_DEPLOYMENT_H
