/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "../settings-json.h"
#include "equivariant-ppo.h"
#include "equivariant-sac.h"
#include "equivariant-td3.h"
#include "multi-agent-sac.h"
#include "outcome-model-learner.h"
#include "ppo.h"
#include "sac.h"
#include "td3.h"
#include "world-model-ppo.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace agents
{

namespace
{

/// Compare a matrix product with its definition: processors that a BLAS takes for others have
/// given wrong products. @throw std::runtime_error in one line when it is wrong
void
CheckMatrixProduct()
{
    constexpr int64_t rows = 67;
    constexpr int64_t inner = 45;
    constexpr int64_t columns = 83;
    base::RandomStream random(1);
    const at::Tensor a = at::empty({rows, inner});
    const at::Tensor b = at::empty({inner, columns});
    random.FillNormal(a.data_ptr<float>(), a.numel());
    random.FillNormal(b.data_ptr<float>(), b.numel());
    const at::Tensor product = at::mm(a, b);
    const float* x = a.data_ptr<float>();
    const float* y = b.data_ptr<float>();
    double worst = 0;
    for (int64_t i = 0; i < rows; ++i)
    {
        for (int64_t j = 0; j < columns; ++j)
        {
            double sum = 0;
            for (int64_t k = 0; k < inner; ++k)
            {
                sum += static_cast<double>(x[i * inner + k]) * y[k * columns + j];
            }
            worst = std::max(worst, std::abs(sum - product.data_ptr<float>()[i * columns + j]));
        }
    }
    constexpr double rounding = 1e-3;
    if (!(worst < rounding))
    {
        throw std::runtime_error("the BLAS multiplies matrices wrongly on this processor: set "
                                 "OPENBLAS_CORETYPE=Haswell");
    }
}

/// Makes a learner. @param name of its algorithm @param shape what it sees and does
/// @param settings all of them @param seed of all its randomness
using Make = Agent* (*)(const std::string& name,
                        const AgentShape& shape,
                        const nlohmann::json& settings,
                        uint64_t seed);

/// As Make says, of a class that takes settings of one kind.
template <typename T, typename Settings>
Agent*
MakeOne(const std::string& name, const AgentShape& shape, const nlohmann::json& json, uint64_t seed)
{
    Settings settings;
    ReadSettings(settings, json);
    return new T(name, shape, settings, seed);
}

/// What makes the algorithms that AlgorithmRegistry knows from the start.
const std::map<std::string, Make> LEARNERS = {
    {"ddpg", &MakeOne<Ddpg, Td3Settings>},
    {"equivariant-ppo", &MakeOne<EquivariantPpo, EquivariantPpoSettings>},
    {"equivariant-sac", &MakeOne<EquivariantSac, EquivariantReplaySettings>},
    {"equivariant-td3", &MakeOne<EquivariantTd3, EquivariantReplaySettings>},
    {"masac", &MakeOne<MultiAgentSac, MultiAgentSacSettings>},
    {"outcome-model", &MakeOne<OutcomeModelLearner, OutcomeModelSettings>},
    {"ppo", &MakeOne<Ppo, PpoSettings>},
    {"sac", &MakeOne<Sac, SacSettings>},
    {"td3", &MakeOne<Td3, Td3Settings>},
    {"world-model-ppo", &MakeOne<WorldModelPpo, WorldModelPpoSettings>},
};

} // namespace

} // namespace agents

/**
 * Make a learner: the one function that MakeAgent finds in this library.
 * @param algorithm name
 * @param settings JSON
 * @param shape what it sees and does
 * @param seed of all its randomness
 * @return the learner, owned by the caller
 */
extern "C" agents::Agent*
LlmMecMakeLearner(const char* algorithm,
                  const char* settings,
                  const agents::AgentShape* shape,
                  uint64_t seed)
{
    using namespace agents;
    static const bool isReady = [] {
        at::set_num_threads(1);
        at::globalContext().setFlushDenormal(true);
        CheckMatrixProduct();
        return true;
    }();
    const auto found = LEARNERS.find(algorithm);
    if (!isReady || found == LEARNERS.end())
    {
        throw std::invalid_argument("algorithm '" + std::string(algorithm) +
                                    "' is not in the learners' library");
    }
    return found->second(algorithm, *shape, nlohmann::json::parse(settings), seed);
}
